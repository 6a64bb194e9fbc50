import { describe, expect, test } from 'vitest';
import type { Components } from '../../models/explore/components.ts';
import { layout } from '../../models/explore/components.ts';
import { explore, unlimited } from '../../models/explore/explore.ts';
import { canonicalText, type Renaming } from '../../models/explore/renaming.ts';
import { noReductions, Space, type Subject, soundForAll } from '../../models/explore/space.ts';
import { subjectOf } from './counting.ts';

/** What a state says but for its packets, as a text that no renaming changes. */
function standing(components: Components, renamings: readonly Renaming[], state: Uint32Array): string {
  const { machines, clients } = components.view(state);
  const rest = [
    components.chronicles.at(state[layout.chronicle] ?? 0),
    components.spent.at(state[layout.spent] ?? 0),
  ];
  const texts = renamings.map((renaming) =>
    [
      ...machines.map((machine, index) => `r${renaming.replicas[index]} ${canonicalText(machine, renaming)}`),
      ...clients.map((machine, index) => `c${renaming.clients[index]} ${canonicalText(machine, renaming)}`),
      ...rest.map((one) => canonicalText(one, renaming)),
    ]
      .sort()
      .join('\n'),
  );
  return texts.sort()[0] ?? '';
}

/** How all replicas and clients may stand to each other, up to these renamings, and how many states that is. */
function reachable(subject: Subject, renamings?: readonly Renaming[]) {
  const space = new Space(subject);
  const { components } = space;
  const seen = new Set<string>();
  const standings = new Set<string>();
  const todo = [space.root];
  for (let state = todo.pop(); state !== undefined; state = todo.pop()) {
    const low = components.hashOf(state);
    const key = `${low} ${components.high}`;
    if (seen.has(key)) continue;
    seen.add(key);
    standings.add(standing(components, renamings ?? components.renamings, state));
    const world = components.view(state);
    for (const move of space.movesIn(state, world)) {
      if (space.take(state, world, move) === 'stepped')
        todo.push(space.next.slice(0, space.next[layout.size]));
    }
  }
  return { states: seen.size, standings, renamings: components.renamings };
}

describe('A reduction leaves out states, and no way in which the group can stand', () => {
  test.each([
    ['clients', 'durable', { requests: 2 }, { replicas: 2, clients: 2 }],
    ['replicas', 'durable', { crashes: 1 }, { replicas: 3 }],
    ['vain', 'diskless', { requests: 0, timeouts: 1 }, { replicas: 3 }],
    ['dead', 'durable', { timeouts: 1, crashes: 1, restarts: 1 }, { replicas: 2 }],
    ['dead', 'diskless', { timeouts: 2 }, { replicas: 2 }],
  ] as const)('%s, %s, %j', async (name, mode, budget, group) => {
    const reduced = reachable(
      await subjectOf(mode, budget, { ...group, reductions: { ...noReductions, [name]: true } }),
    );
    const whole = reachable(await subjectOf(mode, budget, group), reduced.renamings);
    expect(reduced.states).toBeLessThan(whole.states);
    expect(reduced.standings).toEqual(whole.standings);
  });

  test.each(['commit-quorum-short', 'table-not-rebuilt', 'startview-cut-at-commit', 'commit-past-log'])(
    'with the ablation %s the shortest run is as short as without reductions',
    async (ablation) => {
      const budget = { requests: 1, timeouts: 1 };
      const found = [];
      for (const reductions of [noReductions, soundForAll]) {
        const subject = await subjectOf('diskless', budget, { reductions, ablation });
        const { trace, depth } = await explore(subject, { ...unlimited, states: 400_000 });
        found.push({ claim: trace?.violation.claim, depth });
      }
      expect(found[0]?.claim).toBeDefined();
      expect(found[1]?.depth).toBe(found[0]?.depth);
    },
  );
});
