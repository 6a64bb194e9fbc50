import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { drawPlan } from '../../models/room/plan.ts';
import {
  allFaults,
  isRoomTrace,
  type RoomTrace,
  readRoomTrace,
  writeRoomTrace,
} from '../../models/room/roomTrace.ts';

const folder = mkdtempSync(join(tmpdir(), 'room-trace-'));
afterAll(() => rmSync(folder, { recursive: true }));

const trace: RoomTrace = {
  mutant: 'patient-connect',
  violation: { property: 'answered-in-time', text: 'c0 was answered late' },
  minimal: true,
  digest: '0123abcd',
  plan: drawPlan(7, allFaults),
};

it('A trace of the machine room is read as it was written', () => {
  const file = writeRoomTrace(folder, trace);
  expect(file).toMatch(/patient-connect-answered-in-time-00000007\.json$/);
  expect(isRoomTrace(readFileSync(file, 'utf8'))).toBe(true);
  expect(readRoomTrace(file)).toMatchObject(trace);
});

it.each([
  ['"replicas": 3', '"replicas": 9', /:\d+: plan\.replicas must be a whole number from 1 to 7, and is 9\.$/],
  ['"mutant": "patient-connect"', '"mutant": "no-such"', /there is none called "no-such"/],
  ['"answered-in-time"', '"answered-never"', /violation\.property must be the name of a property of runs/],
  ['"kind":"', '"kind":"x', /strikes\[\d+\]\.kind must be the name of a kind of fault/],
  ['"version": 1', '"version": 2', /version must be 1/],
  ['"minimal": true,', '"minimal": true, "more": 1,', /more is no field of this format/],
  ['{\n', '{\n,', /this is not JSON/],
])(
  'A trace of the machine room with %s changed to %s is told to be wrong there',
  (find, replace, message) => {
    const file = writeRoomTrace(folder, { ...trace, plan: { ...trace.plan, replicas: 3 } });
    const text = readFileSync(file, 'utf8');
    expect(text).toContain(find);
    const changed = join(folder, 'changed.json');
    writeFileSync(changed, text.replace(find, replace));
    expect(() => readRoomTrace(changed)).toThrow(message);
  },
);
