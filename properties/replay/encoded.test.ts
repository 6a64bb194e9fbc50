import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allProperties, propertiesWhere } from '../../models/checking/properties.ts';
import { ScheduleArbitrary } from '../../models/hunt/schedules.ts';
import { loadImplementation } from '../../models/mutants/load.ts';
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
async function miscodedWith(find: string, replace: string, file: string, records: readonly EventRecord[]) {
  const implementation = await loadImplementation([{ file: `node/encoding/${file}`, find, replace }]);
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

const asked = [{ type: 'request', client: 0 } as const, deliver('REQUEST c0/0 s1 c0→r0')];

describe('a group whose messages and records are encoded', () => {
  it.each(['json', 'binary'] as const)(
    'is at every end where a group is whose messages are not: %s',
    (codec) => {
      const drawn = new ScheduleArbitrary(system, { setups, faultProfiles, steps: 200 });
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

  it('shows a message that arrives with another content', async () => {
    const seen = await miscodedWith(
      '  return log.suffix(after);',
      '  return Log.after(after, 0).suffix(after);',
      'logEncoding.ts',
      [...asked],
    );
    expect(seen).toBe('r0: A record does not come back as it was written: its entries differ.');
  });

  it('shows a message that the schema at the socket rejects', async () => {
    const seen = await miscodedWith(
      "PREPAREOK: shaped('PREPAREOK', { viewNumber, opNumber, replicaNumber, clock, checkpoint })",
      "PREPAREOK: shaped('PREPAREOK', { viewNumber, opNumber, replicaNumber: whole.max(0), clock, checkpoint })",
      'messageSchema.ts',
      [...asked, deliver('PREPARE v0 n1 r0→r1'), { type: 'sync', replica: 1 }],
    );
    expect(seen).toMatch(/^r1: Its PREPAREOK is rejected at the socket: replicaNumber: /);
  });

  it('shows a request of a client that the schema rejects', async () => {
    const seen = await miscodedWith(
      "REQUEST: shaped('REQUEST', { operation, clientId, session, requestNumber })",
      "REQUEST: shaped('REQUEST', { operation, clientId, session, requestNumber: whole.max(0) })",
      'messageSchema.ts',
      asked,
    );
    expect(seen).toMatch(/^r0: Its REQUEST is rejected at the socket: requestNumber: /);
  });

  it('shows a reply that the schema rejects', async () => {
    const seen = await miscodedWith(
      "REPLY: shaped('REPLY', { viewNumber, clientId, requestNumber, result })",
      "REPLY: shaped('REPLY', { viewNumber, clientId, requestNumber, result: text })",
      'messageSchema.ts',
      [],
    );
    expect(seen).toMatch(/^r0: Its REPLY is rejected at the socket: result: /);
  });

  it('shows a checkpoint that the disk does not give back as it was written', async () => {
    const seen = await miscodedWith(
      '  const isTable = ',
      "  if (part === 'table') return [];\n  const isTable = ",
      'logEncoding.ts',
      [],
    );
    expect(seen).toMatch(
      /^r\d: A record does not come back as it was written: its parts have other digests\.$/,
    );
  });
});
