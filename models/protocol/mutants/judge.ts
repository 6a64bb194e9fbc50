import type { Service } from '../../../spec/promise/index.ts';
import { type Group, groupOf, type Protocol, protocol } from '../../../spec/protocol/index.ts';
import type { Demands } from '../checker.ts';
import type { Left } from '../choices.ts';
import { exploreProtocol } from '../exploreProtocol.ts';
import { protocolInvariants } from '../invariants/index.ts';
import { follow } from './follow.ts';
import { scripts } from './scripts.ts';

/**
 * What becomes of a mutant of the specification. `broken`: a property does not hold, so that the mutant allows what it must not.
 * `forbids`: fewer states of the replicas are reached within the same bounds, or fewer actions, or a legal step of a script is refused. `fails`:
 * it throws.
 */
export type Verdict =
  | { readonly outcome: 'broken'; readonly property: string }
  | { readonly outcome: 'forbids' }
  | { readonly outcome: 'fails'; readonly error: string }
  | { readonly outcome: 'survives' };

/** Small explorations, in the order in which they are tried: three replicas, and a client for each request. */
const explorations: readonly { readonly mode: Group['mode']; readonly bounds: Left }[] = (
  [
    ['durable', 1, 1, 0],
    ['diskless', 1, 0, 1],
    ['durable', 1, 1, 1],
    ['diskless', 1, 1, 1],
    ['durable', 2, 1, 0],
    ['diskless', 1, 0, 2],
  ] as const
).map(([mode, requests, timeouts, crashes]) => ({ mode, bounds: { requests, timeouts, crashes } }));

/** The most states of each whose steps are taken. */
const most = 1500;

/** A number: how many operations came before, and the operation. Its answers show every change of the order. */
export const counting: Service = {
  initial: 0,
  apply: (count, operation) => ({ state: Number(count) + 1, result: [Number(count), operation] }),
};

/** What an exploration reaches: how many states, apart from messages, and how many actions and types of messages. */
export interface Reached {
  readonly states: number;
  readonly kinds: number;
}

/** What each exploration of the protocol reaches. */
export function reachedByProtocol(): readonly Reached[] {
  return explorations.map((_, index) => {
    const { silentStates, taken } = explored(index, protocol);
    return { states: silentStates, kinds: taken.size };
  });
}

/** Runs the scripts and the explorations, one after the other, until one shows that the rules are not those of the protocol. */
export function judge(expected: readonly Reached[], rules: Protocol = protocol): Verdict {
  try {
    for (const script of scripts) {
      const { property, rule } = follow(rules, counting, script);
      if (property !== undefined) return { outcome: 'broken', property };
      if (rule !== undefined && rule !== script.refusedBy) return { outcome: 'forbids' };
    }
    for (const [index, { states, kinds }] of expected.entries()) {
      const result = explored(index, rules);
      if (result.violation !== undefined) return { outcome: 'broken', property: result.violation.property };
      const { isWhole, silentStates, taken } = result;
      if (isWhole && (silentStates < states || taken.size < kinds)) return { outcome: 'forbids' };
    }
    return { outcome: 'survives' };
  } catch (error) {
    return { outcome: 'fails', error: String(error) };
  }
}

/** Whether one of the explorations breaks the invariant, although it alone is checked. */
export function isBroken(name: string, exploration: number, rules: Protocol = protocol): boolean {
  const invariants = protocolInvariants.filter((invariant) => invariant.name === name);
  return explored(exploration, rules, { guarantees: [], invariants }).violation !== undefined;
}

function explored(index: number, rules: Protocol, demands: Demands = {}) {
  const { mode = 'durable', bounds = { requests: 0, timeouts: 0, crashes: 0 } } = explorations[index] ?? {};
  return exploreProtocol({
    group: groupOf(3, mode),
    service: counting,
    clients: bounds.requests,
    bounds,
    rules,
    most,
    ...demands,
  });
}
