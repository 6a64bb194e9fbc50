import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allProperties, propertiesWhere } from '../../models/checking/properties.ts';
import { ScheduleArbitrary } from '../../models/hunt/schedules.ts';
import { mutantNamed } from '../../models/mutants/catalogue/index.ts';
import { loadImplementation } from '../../models/mutants/load.ts';
import type { Edit } from '../../models/mutants/mutant.ts';
import { runCommands, runRecords } from '../../models/runs/runCommands.ts';
import { faultProfiles } from '../../models/runs/schedules/faultProfile.ts';
import { type EventRecord, eventOf } from '../../models/world/event.ts';
import { realImplementation } from '../../models/world/implementation.ts';
import { perform } from '../../models/world/perform.ts';
import type { Setup } from '../../models/world/world.ts';
import { seed } from '../seed.ts';
import { deliver } from './exampleTrace.ts';
import { playedIn, textOf } from './played.ts';

const system = { implementation: realImplementation, properties: allProperties };
const base = { replicas: 3, clients: 2, checkpointEvery: 1 } as const;
const setups: readonly Setup[] = [
  { ...base, mode: 'durable' },
  { ...base, mode: 'diskless', sessions: 1 },
];

/** The first step that changes what must not change, in a group that is stepped in place or forked. */
async function changedBy(edits: readonly Edit[], inPlace: boolean): Promise<string | undefined> {
  const implementation = await loadImplementation(edits);
  const setup: Setup = { replicas: 3, mode: 'durable', clients: 1, ...(inPlace ? { inPlace: true } : {}) };
  return runRecords(
    { implementation, properties: propertiesWhere((name) => name === 'immutable-stays') },
    setup,
    [{ type: 'request', client: 0 }, deliver('REQUEST c0/0 s1 c0→r0'), deliver('PREPARE v0 n1 r0→r1')],
    { substitute: 'oldest', settle: true },
  ).violation?.seen;
}

describe('a group that is stepped in place', () => {
  it('is at every end where a group is that is forked before each step', () => {
    const drawn = new ScheduleArbitrary({ setups, faultProfiles, steps: 200 });
    for (const { setup, commands } of fc.sample(drawn, { numRuns: 60, seed })) {
      const { records } = runCommands(system, setup, commands, { record: true });
      const inPlace = playedIn(realImplementation, { ...setup, inPlace: true }, records);
      expect(textOf(inPlace)).toBe(textOf(playedIn(realImplementation, setup, records)));
      expect(inPlace.inPlace).toBeDefined();
    }
  });

  it('can be stepped again from an earlier world', () => {
    const setup: Setup = { replicas: 3, mode: 'durable', clients: 2, inPlace: true };
    const records = [
      { type: 'request', client: 0 } as const,
      { type: 'request', client: 1 } as const,
      deliver('REQUEST c0/0 s1 c0→r0'),
    ];
    const earlier = playedIn(realImplementation, setup, records);
    const event = eventOf(earlier.packets, deliver('REQUEST c1/0 s1 c1→r0'));
    if (event === undefined) throw new Error('No such packet.');
    const once = textOf(perform(earlier, event));
    expect(textOf(perform(earlier, event))).toBe(once);
    expect(earlier.machines[0]?.replica?.log.length).toBe(1);
  });

  it('shows a step that changes a list that is declared immutable, which a fork hides', async () => {
    const edit = {
      file: 'replica/transitions/agreedTime.ts',
      find: '  const { lastTime } = replica.log;',
      replace: `  replica.acknowledged[0] = 0;
  const { lastTime } = replica.log;`,
    };
    expect(await changedBy([edit], false)).toBeUndefined();
    expect(await changedBy([edit], true)).toBe(
      "r0: It changed what it had sent, received or kept as immutable: Cannot assign to read only property '0' of object '[object Array]'.",
    );
  });

  it('shows a checkpoint that changes with the client-table, which a fork hides', async () => {
    const { edits } = mutantNamed('checkpoint-shares-table');
    const implementation = await loadImplementation(edits);
    const request = (number: number): readonly EventRecord[] => [
      { type: 'request', client: 0 },
      deliver(`REQUEST c0/0 s${number} c0→r0`),
      { type: 'sync', replica: 0 },
      deliver(`REPLY v0 s${number} r0→c0`),
    ];
    const properties = propertiesWhere((name) => name === 'immutable-stays');
    const seenIn = (setup: Setup) =>
      runRecords({ implementation, properties }, setup, [...request(1), ...request(2)], {
        substitute: 'oldest',
        settle: false,
      }).violation?.seen;
    const alone = { replicas: 1, mode: 'durable', clients: 1, checkpointEvery: 1 } as const;
    expect(seenIn(alone)).toBeUndefined();
    expect(seenIn({ ...alone, inPlace: true })).toBe(
      'r0: It changed the client-table of its checkpoint of 1 entries.',
    );
  });
});
