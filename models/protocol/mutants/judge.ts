import type { Service } from '../../../spec/promise/index.ts';
import { endsSession, groupOf, type Protocol, protocol, type Request } from '../../../spec/protocol/index.ts';
import type { Demands } from '../checker.ts';
import { exploreProtocol, type ProtocolExploration } from '../exploreProtocol.ts';
import { protocolInvariants } from '../invariants/index.ts';
import { follow } from './follow.ts';
import { legalScripts, refusedScripts } from './scripts.ts';

/**
 * What becomes of a mutant of the specification. `broken`: a property does not hold, so that the mutant allows what it must not.
 * `forbids`: fewer states of the replicas are reached within the same bounds, or fewer actions, or a legal step of a script is refused. `fails`:
 * it throws.
 */
export type Verdict =
  | { readonly outcome: 'broken'; readonly property: string }
  | { readonly outcome: 'forbids'; readonly script?: string }
  | { readonly outcome: 'fails'; readonly error: string }
  | { readonly outcome: 'survives' };

interface Exploration
  extends Pick<ProtocolExploration, 'group' | 'clients' | 'requests' | 'bounds' | 'most'> {}

/** Of three replicas, with a client for each request: requests, timeouts, crashes. */
const ofThree: readonly Exploration[] = (
  [
    ['durable', 1, 1, 0],
    ['diskless', 1, 0, 1],
    ['durable', 1, 1, 1],
    ['diskless', 1, 1, 1],
    ['durable', 2, 1, 0],
    ['diskless', 1, 0, 2],
  ] as const
).map(([mode, requests, timeouts, crashes]) => ({
  group: groupOf(3, mode),
  clients: requests,
  bounds: { requests, timeouts, crashes },
}));

/** Of three replicas, one of which loses its storage. */
const ofLosses: readonly Exploration[] = [
  { group: groupOf(3, 'diskless'), clients: 0, bounds: { requests: 0, timeouts: 1, crashes: 0, losses: 1 } },
];

/** The requests of clients that must register. The first may have the first op-number, which is its session then, and may end it. */
const registering: readonly Request[] = [
  ...['c0', 'c1', 'c2'].map((clientId) => ({ clientId, session: 0, requestNumber: 0 })),
  ...[1, 2, 0].map((requestNumber) => ({ clientId: 'c0', session: 1, requestNumber })),
].map((request) => ({ type: 'REQUEST', ...request, operation: 0 }));

/** Whether it is of the first two clients, and ends no session: with more requests fewer of them could be ordered. */
function isOfTwo(request: Request): boolean {
  return request.clientId !== 'c2' && !endsSession(request);
}

/**
 * Of one replica, which orders so many of these requests in every order, again and again, with few sessions: every client-table that
 * can come of them. It is a function of the log, so that one replica shows it.
 */
const ofClients: readonly Exploration[] = [
  { sessions: 1, requests: registering.filter(isOfTwo), orders: 5 },
  { sessions: 2, requests: registering, orders: 4 },
].map(({ sessions, requests, orders }) => ({
  group: groupOf(1, 'durable', sessions),
  clients: 0,
  requests,
  bounds: { requests: orders, timeouts: 0, crashes: 0 },
}));

/** Of three replicas, with a request and a read. */
const ofReads: readonly Exploration[] = [
  {
    group: groupOf(3, 'durable', undefined, true),
    clients: 1,
    bounds: { requests: 1, timeouts: 1, crashes: 0, reads: 1, rounds: 1 },
    most: 6000,
  },
];

/** Small explorations, in the order in which they are tried. */
const explorations: readonly Exploration[] = [...ofThree, ...ofClients, ...ofLosses, ...ofReads];

/** The most states of each whose steps are taken, unless it says otherwise. */
const most = 1500;

/** A number: how many operations came before, and the operation. Its answers show every change of the order. */
export const counting: Service = {
  initial: 0,
  apply: (count, operation) => ({
    state: Number(count) + 1,
    result: { position: Number(count) + 1, digest: operation },
  }),
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
    const verdict = judgeByScripts(rules);
    if (verdict.outcome !== 'survives') return verdict;
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

function judgeByScripts(rules: Protocol): Verdict {
  for (const script of [...legalScripts, ...refusedScripts]) {
    const { property, rule } = follow(rules, counting, script);
    if (property !== undefined) return { outcome: 'broken', property };
    const expected = 'refusedBy' in script ? script.refusedBy : undefined;
    if (rule !== undefined && rule !== expected) return { outcome: 'forbids', script: script.name };
  }
  return { outcome: 'survives' };
}

/** Whether one of the explorations breaks the invariant, although it alone is checked. */
export function isBroken(name: string, exploration: number, rules: Protocol = protocol): boolean {
  const invariants = protocolInvariants.filter((invariant) => invariant.name === name);
  return explored(exploration, rules, { guarantees: [], invariants }).violation !== undefined;
}

function explored(index: number, rules: Protocol, demands: Demands = {}) {
  const exploration = explorations[index];
  if (exploration === undefined) throw new RangeError(`There is no exploration ${index}.`);
  return exploreProtocol({ most, ...exploration, service: counting, rules, ...demands });
}
