import { type Guarantee, guarantees } from '../../spec/promise/index.ts';
import { fileServiceOf } from '../world/fileService.ts';
import type { Setup } from '../world/world.ts';
import type { Invariant, SettledInvariant } from './invariants/invariant.ts';
import { awaitedIsKept } from './invariants/state/awaited-is-kept.ts';
import { calmTraffic } from './invariants/state/calm-traffic.ts';
import { checkpointsAreEqual } from './invariants/state/checkpoints-are-equal.ts';
import { countsAreTrue } from './invariants/state/counts-are-true.ts';
import { divergedIsAlarmed } from './invariants/state/diverged-is-alarmed.ts';
import { fetchedFits } from './invariants/state/fetched-fits.ts';
import { oneNormalView } from './invariants/state/one-normal-view.ts';
import { oneStartPerView } from './invariants/state/one-start-per-view.ts';
import { sameViewSameLog } from './invariants/state/same-view-same-log.ts';
import { startIsHeld } from './invariants/state/start-is-held.ts';
import { tableFollowsLog } from './invariants/state/table-follows-log.ts';
import { timeFollowsClocks } from './invariants/state/time-follows-clocks.ts';
import { viewKeepsCommitted } from './invariants/state/view-keeps-committed.ts';
import { viewsAreQuoted } from './invariants/state/views-are-quoted.ts';
import { ackedIsKept } from './invariants/step/acked-is-kept.ts';
import { acksAreHeld } from './invariants/step/acks-are-held.ts';
import { answersFit } from './invariants/step/answers-fit.ts';
import { asksForNews } from './invariants/step/asks-for-news.ts';
import { clocksAreReported } from './invariants/step/clocks-are-reported.ts';
import { encodingKeeps } from './invariants/step/encoding-keeps.ts';
import { haltsForGood } from './invariants/step/halts-for-good.ts';
import { immutableStays } from './invariants/step/immutable-stays.ts';
import { logReachesBack } from './invariants/step/log-reaches-back.ts';
import { logStays } from './invariants/step/log-stays.ts';
import { logsAreCopied } from './invariants/step/logs-are-copied.ts';
import { lossesAreKnown } from './invariants/step/losses-are-known.ts';
import { messagesFit } from './invariants/step/messages-fit.ts';
import { neverBackwards } from './invariants/step/never-backwards.ts';
import { neverRejects } from './invariants/step/never-rejects.ts';
import { neverThrows } from './invariants/step/never-throws.ts';
import { noAckAfterVote } from './invariants/step/no-ack-after-vote.ts';
import { noFalseAlarm } from './invariants/step/no-false-alarm.ts';
import { startedByQuorum } from './invariants/step/started-by-quorum.ts';
import { timeWithinBound } from './invariants/step/time-within-bound.ts';
import { votesAreOwn } from './invariants/step/votes-are-own.ts';
import { waitsEnd } from './invariants/step/waits-end.ts';
import { withinBounds } from './invariants/step/within-bounds.ts';
import { checkByService } from './linearizableByService.ts';
import { followsProtocol } from './refinement/follows-protocol.ts';
import { passes } from './stepFilter.ts';

/** A property that did not hold, and the sentence that says how. */
export interface Violation {
  /** The property's name. */
  readonly property: string;
  readonly level: 'guarantee' | 'step' | 'state';
  readonly seen: string;
}

/**
 * The properties that a run is checked against. A search may check a few, to show what each catches alone.
 */
export interface Properties {
  readonly guarantees: readonly Guarantee[];
  readonly invariants: readonly Omit<Invariant, 'evidence'>[];
  readonly settled: readonly Omit<SettledInvariant, 'evidence'>[];
}

/** The invariants of a replica's step and of the group's state, in the order in which they are checked. */
export const invariants: readonly Invariant[] = [
  immutableStays,
  encodingKeeps,
  neverThrows,
  neverRejects,
  neverBackwards,
  withinBounds,
  logReachesBack,
  logStays,
  logsAreCopied,
  noAckAfterVote,
  acksAreHeld,
  ackedIsKept,
  answersFit,
  votesAreOwn,
  lossesAreKnown,
  viewsAreQuoted,
  countsAreTrue,
  viewKeepsCommitted,
  sameViewSameLog,
  fetchedFits,
  startIsHeld,
  oneStartPerView,
  tableFollowsLog,
  awaitedIsKept,
  checkpointsAreEqual,
  waitsEnd,
  noFalseAlarm,
  timeWithinBound,
  clocksAreReported,
  messagesFit,
  asksForNews,
  startedByQuorum,
  haltsForGood,
  followsProtocol,
];

/** The invariants of a group at rest. */
export const settledInvariants: readonly SettledInvariant[] = [
  ...[oneNormalView, calmTraffic, timeFollowsClocks, divergedIsAlarmed],
];

/** Every property: the guarantees of spec/ and all invariants. */
export const allProperties: Properties = { guarantees, invariants, settled: settledInvariants };

/** These presuppose that all replicas execute an operation alike. */
const needDeterminism: ReadonlySet<string> = new Set([
  ...['same-result', 'reply-is-result', 'table-follows-log', 'checkpoints-are-equal'],
]);

/**
 * What must hold of a group in which a stored entry was altered. Its replica does not know that, and votes; no replica can
 * tell if the others of its quorum never had the entry.
 */
const holdWhenAltered: ReadonlySet<string> = new Set([
  ...[
    'immutable-stays',
    'encoding-keeps',
    'never-throws',
    'never-rejects',
    'never-backwards',
    'within-bounds',
  ],
  ...[
    'logs-are-copied',
    'started-by-quorum',
    'no-ack-after-vote',
    'answers-fit',
    'losses-are-known',
    'waits-end',
    'no-false-alarm',
  ],
  ...['time-within-bound', 'clocks-are-reported', 'messages-fit'],
]);

/** By setup and properties: those that apply. Explorations ask once for each state. */
const known = new WeakMap<Setup, Map<Properties, Applicable>>();

/** Properties that apply to a group. */
export interface Applicable extends Pick<Properties, 'guarantees' | 'settled'> {
  readonly invariants: StepInvariants;
  /** Those of the invariants that say something about clients. */
  readonly ofClients: Properties['invariants'];
}

/** Invariants, and which of them to ask of a step. */
class StepInvariants {
  private readonly all: Properties['invariants'];
  /** By bits of a step. */
  private readonly known = new Map<number, readonly StepInvariant[]>();

  constructor(all: Properties['invariants']) {
    this.all = all;
  }

  /** Those of which a step with these bits can break one, in the order in which they are checked. */
  at(bits: number): readonly StepInvariant[] {
    const found = this.known.get(bits);
    if (found !== undefined) return found;
    const asked = this.all.filter((invariant) => passes(invariant, bits));
    // Each step calls them all, which is faster if all have the same fields.
    const alike = asked.map(({ name, level, check }) => ({ name, level, check }));
    this.known.set(bits, alike);
    return alike;
  }
}

type StepInvariant = Pick<Invariant, 'name' | 'level' | 'check'>;

/** Of these properties, those that a group with this setup must keep. */
export function applicable(setup: Setup, properties: Properties): Applicable {
  const ofSetup = known.get(setup) ?? new Map<Properties, Applicable>();
  known.set(setup, ofSetup);
  const found = ofSetup.get(properties) ?? withClients(properties, keptBy(setup, properties));
  ofSetup.set(properties, found);
  return found;
}

/** By properties, and by the names of the invariants among them that are kept. Each schedule has a setup of its own. */
const shared = new WeakMap<Properties, Map<string, StepInvariants>>();

function stepInvariants(properties: Properties, kept: Properties['invariants']): StepInvariants {
  const byNames = shared.get(properties) ?? new Map<string, StepInvariants>();
  shared.set(properties, byNames);
  const names = kept.map(({ name }) => name).join();
  const found = byNames.get(names) ?? new StepInvariants(kept);
  byNames.set(names, found);
  return found;
}

function withClients(properties: Properties, kept: Properties): Applicable {
  return {
    guarantees: kept.guarantees,
    invariants: stepInvariants(properties, kept.invariants),
    settled: kept.settled,
    ofClients: kept.invariants.filter(({ checkClient }) => checkClient !== undefined),
  };
}

function keptBy(setup: Setup, properties: Properties): Properties {
  const { impure, altered } = setup;
  const { settled } = properties;
  const guarantees =
    fileServiceOf(setup) === undefined ? properties.guarantees : byService(properties.guarantees);
  const invariants = properties.invariants.filter(({ concerns }) => concerns?.(setup) ?? true);
  if (altered !== undefined)
    return {
      guarantees: [],
      invariants: invariants.filter(({ name }) => holdWhenAltered.has(name)),
      settled: settled.filter(({ name }) => name === divergedIsAlarmed.name),
    };
  if (impure === undefined) return { guarantees, invariants, settled };
  return {
    guarantees: guarantees.filter(({ name }) => !needDeterminism.has(name)),
    invariants: invariants.filter(({ name }) => !needDeterminism.has(name)),
    settled,
  };
}

/** Only the models' own services name the place of a request in its result. */
function byService(guarantees: Properties['guarantees']): Properties['guarantees'] {
  return guarantees.map((guarantee) =>
    guarantee.name === 'linearizable' ? { ...guarantee, check: checkByService } : guarantee,
  );
}

/**
 * What must hold of the steps of a replica that has stopped for good. It takes no part, so the others say nothing about it:
 * after a restart it has its mark, and no log.
 */
export const holdWhenHalted: ReadonlySet<string> = new Set([
  ...['immutable-stays', 'encoding-keeps', 'never-throws', 'never-rejects', 'within-bounds'],
  ...['no-false-alarm', 'halts-for-good'],
]);

/** The properties whose name or level passes. */
export function propertiesWhere(passes: (name: string, level: Violation['level']) => boolean): Properties {
  return {
    guarantees: guarantees.filter(({ name }) => passes(name, 'guarantee')),
    invariants: invariants.filter(({ name, level }) => passes(name, level)),
    settled: settledInvariants.filter(({ name, level }) => passes(name, level)),
  };
}

/** The properties that a client or an operator can see broken, without a look inside a replica. */
export const guaranteesOnly: Properties = propertiesWhere((_, level) => level === 'guarantee');

/** Whether an implementation follows the protocol, and nothing else. */
const protocolOnly: Properties = propertiesWhere((name) => name === followsProtocol.name);

/**
 * Every other property. A bug breaks them later, if at all: they look for what comes of it. Mutants are judged by them, so
 * that the properties are on trial too.
 */
export const besideProtocol: Properties = propertiesWhere((name) => name !== followsProtocol.name);

/** The sets of properties that a command line can name. */
export const propertySets = {
  all: allProperties,
  guarantees: guaranteesOnly,
  protocol: protocolOnly,
  'beside-protocol': besideProtocol,
} as const;

/** Their names, and what they are. */
export const propertySetNames = ['all', 'guarantees', 'protocol', 'beside-protocol'] as const;
export const propertySetHelp =
  'all, guarantees, protocol (follows-protocol alone), or beside-protocol (the others)';

/** The prose of the property with this name, or undefined if there is none. */
export function proseOf(name: string): string | undefined {
  const all = [...guarantees, ...invariants, ...settledInvariants];
  return all.find((property) => property.name === name)?.prose;
}
