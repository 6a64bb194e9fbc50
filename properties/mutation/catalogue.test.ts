import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { besideProtocol } from '../../models/checking/properties.ts';
import { ScheduleArbitrary } from '../../models/hunt/schedules.ts';
import { mutantNamed, mutants, UnknownMutantError } from '../../models/mutants/catalogue/index.ts';
import { loadImplementation } from '../../models/mutants/load.ts';
import {
  everywhere,
  type GroupSetup,
  type RuleChange,
  StaleMutantError,
} from '../../models/mutants/mutant.ts';
import { toleratedMutants } from '../../models/mutants/tolerated.ts';
import { traceFile } from '../../models/mutation/traces/keptTraces.ts';
import { type RunOutcome, runCommands } from '../../models/runs/runCommands.ts';
import { faultProfiles } from '../../models/runs/schedules/faultProfile.ts';
import { readCounterexample } from '../../models/trace/file/counterexampleFile.ts';
import { type Implementation, realImplementation } from '../../models/world/implementation.ts';
import { expectReproduced } from '../replay/expectReproduced.ts';

const edit = { file: 'replica/data/storage.ts', find: 'return complete;', replace: 'return candidate;' };

describe('the catalogue of mutants', () => {
  it('names each mutant once, in kebab-case', () => {
    const names = mutants.map(({ name }) => name);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
    expect(names.filter((name) => !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name))).toEqual([]);
  });

  it('has mutants against every kind of guarantee', () => {
    const broken = new Set(mutants.map(({ guarantee }) => guarantee));
    expect([...broken].sort()).toEqual(
      ['agreement', 'durability', 'exactly-once', 'liveness', 'monotonic', 'validity'].sort(),
    );
  });

  it('suggests the nearest name for an unknown one', () => {
    expect(mutantNamed('ack-on-gap').name).toBe('ack-on-gap');
    const misspelt = (): unknown => mutantNamed('paper-recover');
    expect(misspelt).toThrow(UnknownMutantError);
    expect(misspelt).toThrow("There is no mutant 'paper-recover'. The nearest are paper-recovery, ");
  });
});

/** Runs a schedule that is always the same, up to the first property that breaks. */
function outcomeOf(implementation: Implementation, group: GroupSetup): RunOutcome {
  const system = { implementation, properties: besideProtocol };
  const scope = { setups: [{ ...group, clients: 2 }], faultProfiles, steps: 100 };
  const [schedule] = fc.sample(new ScheduleArbitrary(scope), { numRuns: 1, seed: 1 });
  if (schedule === undefined) throw new Error('fast-check drew no schedule.');
  return runCommands(system, schedule.setup, schedule.commands, {});
}

/** Loads the implementation with the mutant, once for all tests that ask for it. */
function loadedOnce(mutant: RuleChange): () => Promise<Implementation> {
  let loaded: Promise<Implementation> | undefined;
  return () => {
    loaded ??= loadImplementation(mutant);
    return loaded;
  };
}

describe.each(mutants)('the mutant $name', (mutant) => {
  const load = loadedOnce(mutant);

  it('changes the source, and leaves every export in place', async () => {
    expect(mutant.edits).not.toEqual([]);
    expect(mutant.edits.filter(({ find, replace }) => find === replace)).toEqual([]);
    const loaded = await load();
    expect(loaded).not.toBe(realImplementation);
    expect(Object.keys(loaded).sort()).toEqual(Object.keys(realImplementation).sort());
  });

  it.each(mutant.setups)(
    'runs in a group of $replicas $mode replicas until a property breaks',
    async (group) => {
      const { events, violation } = outcomeOf(await load(), group);
      if (violation === undefined) expect(events).toBeGreaterThan(50);
      // A mutant may break a rule by failing an assertion, but not by a mistake in its own text.
      else expect(violation.seen).not.toMatch(/is not defined|is not a function/);
    },
  );

  it('reproduces its shortest known trace', async () => {
    const kept = readCounterexample(traceFile(mutant.name));
    expectReproduced(await load(), kept);
  });
});

describe.each(toleratedMutants)('the tolerated mutant $name', (mutant) => {
  const load = loadedOnce(mutant);

  it.each(everywhere)('breaks no property in a schedule of $replicas $mode replicas', async (group) => {
    const { events, violation } = outcomeOf(await load(), group);
    expect(violation).toBeUndefined();
    expect(events).toBeGreaterThan(50);
  });
});

describe('loading an implementation', () => {
  it('yields the real one without edits', async () => {
    expect(await loadImplementation(undefined)).toBe(realImplementation);
  });

  it('applies the given edits alone', async () => {
    const torn = [{ type: 'viewRecord', viewNumber: 1, lastNormalView: 0, commitNumber: 0 }] as const;
    const viewAfter = async (edits: readonly (typeof edit)[]): Promise<number> => {
      const { readBack, blankImage } = await loadImplementation(edits);
      return readBack(blankImage, torn).viewNumber;
    };
    expect(await viewAfter([])).toBe(0);
    expect(await viewAfter([edit])).toBe(1);
  });

  it.each([
    ['is gone', { ...edit, find: 'return absent;' }, 0],
    ['occurs twice', { ...edit, find: 'candidate = { ...' }, 5],
    ['is empty', { ...edit, find: '' }, 0],
    ['was in a file that is gone', { ...edit, file: 'replica/gone.ts' }, 0],
  ])('throws a StaleMutantError if the text to be replaced %s', async (_, stale, count) => {
    const mutant = { ...mutantNamed('torn-write-taken'), name: 'stale', edits: [stale] };
    const error: unknown = await loadImplementation(mutant).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(StaleMutantError);
    expect(error).toMatchObject({ mutant: 'stale', file: stale.file, count });
  });

  it('throws if the changed source does not compile', async () => {
    const loading = loadImplementation([{ ...edit, replace: 'return {;' }]);
    await expect(loading).rejects.toThrow('impl/ does not compile');
  });

  it('throws if an export is missing', async () => {
    const index = "export { type KeyValueOperation, keyValueService } from './service/keyValue.ts';";
    const loading = loadImplementation([{ file: 'index.ts', find: index, replace: '' }]);
    await expect(loading).rejects.toThrow('does not export what it should');
  });
});
