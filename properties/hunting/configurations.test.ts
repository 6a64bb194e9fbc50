import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { configure, ledgerService } from '../../impl/index.ts';
import { allProperties } from '../../models/checking/properties.ts';
import { reportLines } from '../../models/cli/output/huntReport.ts';
import { isProduction, productionOneIn } from '../../models/hunt/configurations.ts';
import { Hunt } from '../../models/hunt/hunt.ts';
import { ScheduleArbitrary } from '../../models/hunt/schedules.ts';
import { scopeOf } from '../../models/hunt/scope.ts';
import { realImplementation } from '../../models/world/implementation.ts';
import { simplifications, variantsText } from '../../models/world/variants.ts';
import { createWorld, type Setup } from '../../models/world/world.ts';
import { seed } from '../seed.ts';

const system = { implementation: realImplementation, properties: allProperties };

/** The set-ups that hunts draw in this scope. */
function drawnIn(scope: ReturnType<typeof scopeOf>, numRuns = 2000): readonly Setup[] {
  return fc.sample(new ScheduleArbitrary(scope), { numRuns, seed }).map(({ setup }) => setup);
}

describe('the set-ups that a hunt draws', () => {
  const drawn = drawnIn(scopeOf({ steps: 1 }));

  it.each<[keyof Setup, readonly unknown[]]>([
    ['replicas', [1, 2, 3, 4, 5, 6, 7]],
    ['mode', ['durable', 'diskless']],
    ['maxChars', [undefined, 1, 250, 370, 500, 1000, 262_144]],
    ['pipeline', [undefined, 1, 2, 3, 4]],
    ['checkpointEvery', [undefined, 1, 2, 3, 5, 4096]],
    ['window', [undefined, 1, 2, 3, 4, 5, 6, 7, 8]],
    ['inPlace', [undefined, true]],
    ['codec', [undefined, 'json', 'binary']],
  ])('have every value of %s, and no other', (field, values) => {
    expect(new Set(drawn.map((setup) => setup[field]))).toEqual(new Set(values));
  });

  it('have no sessions, fewer than clients, or as many as production', () => {
    const fewer = drawn.filter(({ sessions, clients }) => sessions !== undefined && sessions === clients - 1);
    for (const sessions of [undefined, 1, 4096])
      expect(drawn.filter((setup) => setup.sessions === sessions).length).toBeGreaterThan(50);
    expect(fewer.length).toBeGreaterThan(50);
  });

  it('are production’s as a whole in a fixed share, of every size and mode', () => {
    const production = drawn.filter(isProduction);
    expect(production.length).toBeGreaterThan(drawn.length / productionOneIn / 2);
    expect(production.length).toBeLessThan((drawn.length / productionOneIn) * 2);
    expect(new Set(production.map(({ replicas }) => replicas)).size).toBeGreaterThan(4);
    for (const setup of production.slice(0, 5)) {
      const { configuration } = createWorld(realImplementation, setup);
      expect(configuration).toEqual(configure(setup.replicas, setup.mode, ledgerService));
    }
  });

  it('are of the given size and mode', () => {
    const narrowed = drawnIn(scopeOf({ replicas: 2, mode: 'diskless', steps: 1 }), 100);
    expect(new Set(narrowed.map(({ replicas, mode }) => `${replicas} ${mode}`))).toEqual(
      new Set(['2 diskless']),
    );
  });

  it('become the plain group when they are simplified as far as possible', () => {
    for (const setup of drawn.slice(0, 300)) {
      let simplest = setup;
      let rounds = 0;
      for (let next: Setup | undefined = setup; next !== undefined; [next] = simplifications(simplest)) {
        simplest = next;
        expect(++rounds).toBeLessThan(30);
      }
      expect(variantsText(simplest)).toBe('');
      expect(simplest).toEqual({ replicas: setup.replicas, mode: setup.mode, clients: 1 });
    }
  });
});

describe('the report of a hunt', () => {
  const hunt = new Hunt(system, scopeOf({ steps: 100 }), seed);

  it('says how often each dimension was drawn, and in how many schedules it mattered', () => {
    expect(hunt.batch(200)?.violation).toBeUndefined();
    const rows = hunt.drawn.rows();
    for (const { schedules, mattered } of rows) expect(mattered).toBeLessThanOrEqual(schedules);
    const row = (name: string) => rows.find(({ drawn }) => drawn === name);
    for (const name of ['a window above 1', 'a pipeline', 'checkpoints', 'stepped in place'])
      expect(row(name)?.mattered, name).toBeGreaterThan(0);
    expect(row('any configuration')?.schedules).toBe(200);
    expect(reportLines(hunt, true).some((line) => line.startsWith('a window above 1'))).toBe(true);
  });

  it('repeats a hunt with the same seed, schedule for schedule', () => {
    const again = new Hunt(system, scopeOf({ steps: 100 }), seed);
    again.batch(200);
    expect(again.drawn.rows()).toEqual(hunt.drawn.rows());
    expect(again.totals).toEqual(hunt.totals);
  });
});
