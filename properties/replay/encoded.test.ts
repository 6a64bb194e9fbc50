import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allProperties, propertiesWhere } from '../../models/checking/properties.ts';
import { ScheduleArbitrary } from '../../models/hunt/schedules.ts';
import { loadImplementation } from '../../models/mutants/load.ts';
import type { Edit } from '../../models/mutants/mutant.ts';
import { runCommands, runRecords } from '../../models/runs/runCommands.ts';
import { faultProfiles } from '../../models/runs/schedules/faultProfile.ts';
import type { EventRecord } from '../../models/world/event.ts';
import { realImplementation } from '../../models/world/implementation.ts';
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

/** The first message or record that does not come out of its encoding as it went in, with one edit. */
async function miscodedWith(edit: Edit, records: readonly EventRecord[]): Promise<string | undefined> {
  const implementation = await loadImplementation([edit]);
  const properties = propertiesWhere((name) => name === 'encoding-keeps');
  const setup = { replicas: 3, mode: 'durable', clients: 1, checkpointEvery: 1 } as const;
  const seenIn = (encoded: Setup) =>
    runRecords({ implementation, properties }, encoded, records, { substitute: 'oldest', settle: true })
      .violation?.seen;
  expect(seenIn(setup)).toBeUndefined();
  const [json, binary] = [seenIn({ ...setup, codec: 'json' }), seenIn({ ...setup, codec: 'binary' })];
  expect(json).toBe(binary);
  return json;
}

const asked: readonly EventRecord[] = [{ type: 'request', client: 0 }, deliver('REQUEST c0/0 s1 c0→r0')];

describe('a group whose messages and records are encoded', () => {
  it.each(['json', 'binary'] as const)(
    'is at every end where a group is whose messages are not: %s',
    (codec) => {
      const drawn = new ScheduleArbitrary({ setups, faultProfiles, steps: 200 });
      for (const { setup, commands } of fc.sample(drawn, { numRuns: 40, seed })) {
        const { records } = runCommands(system, setup, commands, { record: true });
        const encoded = playedIn(realImplementation, { ...setup, codec }, records);
        expect(textOf(encoded)).toBe(textOf(playedIn(realImplementation, setup, records)));
        expect(encoded.wire).toBeDefined();
      }
    },
  );

  it('shares no entry between two machines, nor between a machine and its disk', () => {
    const records = [...asked, { type: 'sync', replica: 0 } as const, deliver('PREPARE v0 n1 r0→r1')];
    const entriesIn = (setup: Setup) => {
      const [first, second] = playedIn(realImplementation, setup, records).machines;
      return [first?.replica?.log.at(1), second?.replica?.log.at(1), first?.disk.image.log.at(1)];
    };
    const setup = { replicas: 3, mode: 'durable', clients: 1 } as const;
    expect(new Set(entriesIn(setup)).size).toBe(1);
    expect(new Set(entriesIn({ ...setup, codec: 'json' })).size).toBe(3);
  });

  it.each<readonly [what: string, edit: Edit, records: readonly EventRecord[], seen: RegExp]>([
    [
      'a message that arrives with another content',
      {
        file: 'node/encoding/logEncoding.ts',
        find: 'return new LogSuffix(after, log, checksum);',
        replace: 'return new LogSuffix(after, Log.after(after, noEnd), checksum);',
      },
      asked,
      /^r0: A record does not come back as it was written: its entries differ\.$/,
    ],
    [
      'a message that the schema at the socket rejects',
      {
        file: 'node/encoding/messageSchema.ts',
        find: "PREPAREOK: shaped('PREPAREOK', { viewNumber, opNumber, suffix, replicaNumber, clock, checkpoint })",
        replace:
          "PREPAREOK: shaped('PREPAREOK', { viewNumber, opNumber, suffix, replicaNumber: whole.max(0), clock, checkpoint })",
      },
      [...asked, deliver('PREPARE v0 n1 r0→r1'), { type: 'sync', replica: 1 }],
      /^r1: Its PREPAREOK is rejected at the socket: replicaNumber: /,
    ],
    [
      'a request of a client that the schema rejects',
      {
        file: 'node/encoding/messageSchema.ts',
        find: '...{ operation, clientId, session, requestNumber },',
        replace: '...{ operation, clientId, session, requestNumber: whole.max(0) },',
      },
      asked,
      /^r0: Its REQUEST is rejected at the socket: requestNumber: /,
    ],
    [
      'a reply that the schema rejects',
      {
        file: 'node/encoding/messageSchema.ts',
        find: "REPLY: shaped('REPLY', { viewNumber, clientId, requestNumber, result })",
        replace: "REPLY: shaped('REPLY', { viewNumber, clientId, requestNumber, result: text })",
      },
      [],
      /^r0: Its REPLY is rejected at the socket: result: /,
    ],
    [
      'a checkpoint that the disk does not give back as it was written',
      {
        file: 'node/encoding/logEncoding.ts',
        find: '  const isTable = ',
        replace: "  if (part === 'table') return [];\n  const isTable = ",
      },
      [],
      /^r\d: A record does not come back as it was written: its parts have other digests\.$/,
    ],
  ])('shows %s', async (_what, edit, records, seen) => {
    expect(await miscodedWith(edit, records)).toMatch(seen);
  });
});
