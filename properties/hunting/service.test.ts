import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Service } from '../../impl/index.ts';
import { allProperties, besideProtocol } from '../../models/checking/properties.ts';
import { counterexampleOf } from '../../models/hunt/counterexample.ts';
import { Hunt, UnrepeatableFailure } from '../../models/hunt/hunt.ts';
import { scopeOf } from '../../models/hunt/scope.ts';
import { mutantNamed } from '../../models/mutants/catalogue/index.ts';
import { loadImplementation } from '../../models/mutants/load.ts';
import { parseCounterexample, textOf } from '../../models/trace/file/counterexampleFile.ts';
import { replay } from '../../models/trace/replay.ts';
import { settling } from '../../models/trace/settling.ts';
import { rowsOf } from '../../models/trace/views/rows.ts';
import { realImplementation } from '../../models/world/implementation.ts';
import { adding, hunted, sums } from './sums.ts';

describe('a hunt of a user’s service', () => {
  it('finds nothing in one that keeps its contract', () => {
    expect(hunted({ runs: 15 })).toBeUndefined();
  });

  it('finds a primary that answers a read without the log, as the default hunt does, and none of the ledger alone', async () => {
    const implementation = await loadImplementation(mutantNamed('read-without-log'));
    const found = hunted({ implementation, properties: besideProtocol, runs: 15 });
    expect(found?.violation.property).toBe('reply-is-result');
    const system = { implementation, properties: besideProtocol };
    const usual = new Hunt(system, scopeOf({ replicas: 3 }), 1, { shrinks: false }).batch(2000);
    expect(usual?.violation.property).toBe('reply-is-result');
    expect(usual?.setup.service).toBe('reading');
    const ledger = new Hunt(system, { ...scopeOf({ replicas: 3 }), varied: false }, 1);
    expect(ledger.batch(15)).toBeUndefined();
  });

  describe('whose states are Trees, with a mutant', () => {
    const file = 'impl/examples/counter.ts';
    const add = { type: 'add', counter: 'a', by: 1 };
    const scope = scopeOf({ replicas: 3, service: { file: 'counter.ts', operations: fc.constant(add) } });

    it('finds nothing if the edits change nothing', async () => {
      const edit = { file: 'client/client.ts', find: 'client.retries++;', replace: 'client.retries += 1;' };
      const implementation = await loadImplementation([edit], file);
      const hunt = new Hunt({ implementation, properties: allProperties }, scope, 1);
      expect(hunt.batch(15)).toBeUndefined();
    });

    it('finds the mutant, and the trace replays', async () => {
      const mutant = mutantNamed('read-without-log');
      const implementation = await loadImplementation(mutant, file);
      const reading = scopeOf({
        ...{ replicas: 3 },
        service: { file: 'counter.ts', operations: fc.constantFrom(add, { type: 'read', counter: 'a' }) },
      });
      const hunt = new Hunt({ implementation, properties: besideProtocol }, reading, 1, { shrinks: false });
      const failure = hunt.batch(15);
      if (failure === undefined) throw new Error('Nothing was found.');
      const kept = parseCounterexample(textOf(counterexampleOf(failure, mutant.name, 1)), 'kept.json');
      expect(replay(implementation, kept, settling).outcome.kind).toBe('reproduced');
    });
  });

  it('shrinks a failure of a service that draws random numbers to a trace that replays', () => {
    const service = adding((amount) => amount + (Math.random() < 0.1 ? 1 : 0));
    const failure = hunted({ service, runs: 50, shrinks: true });
    if (failure === undefined) throw new Error('Nothing was found.');
    expect(failure.records.length).toBeLessThan(failure.originalLength);
    const kept = parseCounterexample(textOf(counterexampleOf(failure, null, 1)), 'kept.json');
    const outcomeWith = (fileService: Service) =>
      replay({ ...realImplementation, fileService }, kept, settling).outcome.kind;
    expect(outcomeWith(service)).toBe('reproduced');
    expect(outcomeWith(sums)).toBe('no-violation');
  });

  it('names a failure that does not repeat, because the service remembers something', () => {
    let calls = 0;
    const service = adding((amount) => amount + (++calls === 100 ? calls : 0));
    expect(() => hunted({ service, runs: 50 })).toThrow(UnrepeatableFailure);
  });

  it('shows no control characters of an operation or a result', () => {
    const echo: Service = {
      initial: null,
      validate: () => undefined,
      apply: (_, operation) => ({ state: Math.random(), result: operation }),
    };
    const operation = 'x\u001b[2J\u009b';
    const kept = counterexampleOf(
      {
        setup: {
          replicas: 1,
          mode: 'diskless',
          clients: 1,
          service: { file: 'echo.ts', operations: [operation] },
        },
        records: [
          { type: 'request', client: 0, operation },
          { type: 'deliver', message: 'REQUEST c0/0 s1 c0→r0', rank: 0 },
          { type: 'deliver', message: 'REPLY v0 s1 r0→c0', rank: 0 },
        ],
        violation: { property: 'never-lost', level: 'guarantee', seen: 'Nothing was seen.' },
        phase: 'events',
        faultProfile: null,
      },
      null,
      null,
    );
    const shown = [...rowsOf(replay({ ...realImplementation, fileService: echo }, kept, settling))];
    expect(shown.join('')).toContain('c0/0 s1 answered: x');
    expect(shown.filter((line) => /\p{C}/u.test(line))).toEqual([]);
  });
});
