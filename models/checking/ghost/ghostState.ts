import type {
  AlarmReason,
  ClientMessage,
  Entry,
  Log,
  Message,
  Output,
  Replica,
  Service,
  StartView,
} from '../../../impl/index.ts';
import { beginning, type Observation, observe, type Promised } from '../../../spec/promise/index.ts';
import type { Draft } from '../../world/draft.ts';
import { bitsOfKinds, type OutputKind } from '../../world/outputKinds.ts';
import type { Machine, World } from '../../world/world.ts';
import type { ClockChange } from './clockHistory.ts';
import { LogIdentities } from './logIdentities.ts';

/**
 * A summary of the messages that one replica has sent, in all its incarnations. What a replica voted for and in which views
 * it was is forgotten with its storage, and then need not hold any more.
 */
interface SentSummary {
  /** The latest view for which it voted with DOVIEWCHANGE. */
  readonly votedView: number;
  /** The same, also before its storage was lost. */
  readonly everVotedView: number;
  /** The latest view in which it has sent any message. */
  readonly latestView: number;
  /** The latest view in which it sent PREPAREOK, and the highest op-number that it acknowledged there. */
  readonly acknowledgedView: number;
  readonly acknowledged: number;
}

const nothingSent: SentSummary = {
  votedView: 0,
  everVotedView: 0,
  latestView: 0,
  acknowledgedView: 0,
  acknowledged: 0,
};

/**
 * The history of a run that only the properties need: no replica reads it, and no crash undoes it. It holds
 * the state of the promise and what the invariants remember. Immutable, like the world that it accompanies.
 */
export interface GhostState {
  readonly promised: Promised;
  /** Every entry that any replica has executed, as a log, for comparison with the replicas' logs. */
  readonly history: Log;
  /** For each entry of `history`, the view of the replica that executed it first. */
  readonly executedIn: readonly number[];
  /**
   * For each entry of `history`, how many entries up to it the service has executed. Registrations are not
   * executed.
   */
  readonly positions: readonly number[];
  /** By replica. */
  readonly sent: readonly SentSummary[];
  /** By view: the log with which STARTVIEW first announced it. */
  readonly started: readonly (Log | undefined)[];
  readonly identities: LogIdentities;
  /** Every change of a machine's clock, in order. */
  readonly clocks: readonly ClockChange[];
  /**
   * By op-number and by replica: the digests of all checkpoints that it ever had. Kept only where a replica executes
   * differently from the others.
   */
  readonly taken: ReadonlyMap<number, readonly (readonly string[])[]>;
  /**
   * The op-numbers for which a replica has raised an alarm because checkpoints or logs differ. Kept only where they may.
   */
  readonly alarmed: ReadonlySet<number>;
  /**
   * The logs that a replica ever held, without those that are the beginning of another. Kept only where stored entries are
   * altered.
   */
  readonly held: readonly Log[];
}

/** The ghost state of a world before its first event. */
export function initialGhostState({ implementation, configuration, setup }: World): GhostState {
  const { service, contentChars } = configuration;
  const promised = setup.frameBytes === undefined ? service : withBoundedResults(service, contentChars);
  return {
    promised: beginning(promised, configuration.size),
    history: implementation.Log.empty,
    executedIn: [],
    positions: [],
    sent: Array.from({ length: configuration.size }, () => nothingSent),
    started: [],
    identities: new LogIdentities(),
    clocks: [],
    taken: new Map(),
    alarmed: new Set(),
    held: [],
  };
}

/** The service, which fails where its result has more characters of JSON than a message carries. */
function withBoundedResults(service: Service, contentChars: number): Service {
  return {
    ...service,
    apply(state, operation, predicted) {
      const applied = service.apply(state, operation, predicted);
      if (JSON.stringify(applied.result).length <= contentChars) return applied;
      throw new Error('no message carries the result');
    },
  };
}

/** The ghost state with one more observation of the promise. */
export function withObservation(ghostState: GhostState, observation: Observation): GhostState {
  const next = copyOf(ghostState);
  next.promised = observe(ghostState.promised, observation);
  return next;
}

/** A copy, to change before it is used. This literal gives all ghost states one hidden class, and a spread would not. */
export function copyOf(ghostState: GhostState): Draft<GhostState> {
  return {
    promised: ghostState.promised,
    history: ghostState.history,
    executedIn: ghostState.executedIn,
    positions: ghostState.positions,
    sent: ghostState.sent,
    started: ghostState.started,
    identities: ghostState.identities,
    clocks: ghostState.clocks,
    taken: ghostState.taken,
    alarmed: ghostState.alarmed,
    held: ghostState.held,
  };
}

/**
 * The position in the promised history after this many entries of the log. An entry that no replica has
 * executed yet counts as one that the service executes.
 */
export function positionOf({ positions }: GhostState, opNumber: number): number {
  const known = Math.min(opNumber, positions.length);
  return (positions[known - 1] ?? 0) + opNumber - known;
}

/** The ghost state after the messages of the replica's step that led to the world `after`. */
export function withSent(ghostState: GhostState, after: World, number: number): GhostState {
  const old = ghostState.sent[number] ?? nothingSent;
  let { votedView, latestView, acknowledgedView, acknowledged } = old;
  let { started } = ghostState;
  for (const output of after.last?.outputs ?? []) {
    if (output.type !== 'send' && output.type !== 'reply') continue;
    const { message } = output;
    latestView = Math.max(latestView, senderView(message));
    if (message.type === 'DOVIEWCHANGE') votedView = Math.max(votedView, message.viewNumber);
    if (message.type === 'PREPAREOK' && message.viewNumber >= acknowledgedView) {
      acknowledged = Math.max(message.viewNumber > acknowledgedView ? 0 : acknowledged, message.opNumber);
      acknowledgedView = message.viewNumber;
    }
    if (message.type === 'STARTVIEW' && started[message.viewNumber] === undefined) {
      started = withStarted(started, message, after.machines[number]?.replica);
    }
  }
  const everVotedView = Math.max(old.everVotedView, votedView);
  const now: SentSummary = { votedView, everVotedView, latestView, acknowledgedView, acknowledged };
  const isNew = summariesDiffer(old, now);
  if (!isNew && started === ghostState.started) return ghostState;
  const next = copyOf(ghostState);
  next.started = started;
  if (isNew) next.sent = ghostState.sent.with(number, now);
  return next;
}

function summariesDiffer(one: SentSummary, other: SentSummary): boolean {
  return (
    one.votedView !== other.votedView ||
    one.latestView !== other.latestView ||
    one.acknowledgedView !== other.acknowledgedView ||
    one.acknowledged !== other.acknowledged
  );
}

/**
 * The view in which the message says that its sender is: 0 for a request, which names none, for GETSTATE and
 * GETCHECKPOINT, which name the view that is asked for, and for COMMITOK, which names that of the primary heard.
 */
function senderView(message: Message | ClientMessage): number {
  switch (message.type) {
    case 'REQUEST':
    case 'GETSTATE':
    case 'GETCHECKPOINT':
    case 'COMMITOK':
      return 0;
    default:
      return message.viewNumber;
  }
}

function withStarted(
  started: GhostState['started'],
  { viewNumber, opNumber }: StartView,
  primary: Replica | undefined,
): GhostState['started'] {
  // The message may have waited for a write while the primary went on: then its starting log is unknown.
  if (primary?.lastNormalView !== viewNumber || primary.log.length < opNumber) return started;
  if (primary.log.base > opNumber) return started;
  const all = Array.from({ length: Math.max(started.length, viewNumber + 1) }, (_, view) => started[view]);
  all[viewNumber] = primary.log.prefix(opNumber);
  return all;
}

/** Whether the output says that the service has executed an entry, with a result or with a failure. */
export function isExecution(output: Output): output is Output & { readonly type: 'executed' | 'failed' } {
  return output.type === 'executed' || output.type === 'failed';
}

/** The ghost state after the replica has lost its storage. */
export function withForgotten(ghostState: GhostState, number: number): GhostState {
  const old = ghostState.sent[number] ?? nothingSent;
  const { everVotedView, acknowledgedView, acknowledged } = old;
  const next = copyOf(ghostState);
  const kept = { votedView: 0, everVotedView, latestView: 0, acknowledgedView, acknowledged };
  next.sent = ghostState.sent.with(number, kept);
  return next;
}

/** The outputs that say how the execution of an entry ended. */
export const entryOutcomes: readonly OutputKind[] = [
  'executed',
  'failed',
  'registered',
  'ended',
  'turned-away',
];
const outcomeTypes: ReadonlySet<string> = new Set(entryOutcomes);
const outcomeBits = bitsOfKinds(entryOutcomes);

/** Whether the output says how the execution of an entry ended. */
export function isEntryOutcome(output: Output): output is EntryOutcome {
  return outcomeTypes.has(output.type);
}

type EntryOutcome = Output & { readonly opNumber: number; readonly request: Entry };

/**
 * The ghost state with the entries that the replica was the first to execute, in the step that led to the
 * world `after`.
 */
export function withEntries(ghostState: GhostState, after: World, number: number): GhostState {
  if (((after.last?.kinds ?? 0) & outcomeBits) === 0) return ghostState;
  let { history, executedIn, positions } = ghostState;
  for (const output of after.last?.outputs ?? []) {
    if (!isEntryOutcome(output) || output.opNumber !== history.length + 1) continue;
    history = history.append(output.request);
    executedIn = [...executedIn, after.machines[number]?.replica?.viewNumber ?? 0];
    positions = [...positions, (positions.at(-1) ?? 0) + (isExecution(output) ? 1 : 0)];
  }
  if (history === ghostState.history) return ghostState;
  const next = copyOf(ghostState);
  next.history = history;
  next.executedIn = executedIn;
  next.positions = positions;
  return next;
}

/** The ghost state with the logs that the replica holds after its step, where stored entries are altered. */
export function withHeld(ghostState: GhostState, { setup, machines }: World, number: number): GhostState {
  if (setup.altered === undefined) return ghostState;
  let { held } = ghostState;
  for (const log of logsOf(machines[number])) held = withLog(ghostState, held, log);
  if (held === ghostState.held) return ghostState;
  const next = copyOf(ghostState);
  next.held = held;
  return next;
}

/** These logs with another, unless the ghost state has it. */
function withLog(ghostState: GhostState, held: readonly Log[], log: Log): readonly Log[] {
  if (isHeld(ghostState, log)) return held;
  return [...held.filter((other) => !ghostState.identities.isPrefix(other, log)), log];
}

/** The logs of a machine's replica: its own, and one that it fetches. */
export function logsOf(machine: Machine | undefined): readonly Log[] {
  const { log, transfer } = machine?.replica ?? {};
  return [log, transfer?.log].filter((one) => one !== undefined);
}

/** Whether a replica held this log before, alone or as the beginning of another. */
export function isHeld({ held, identities }: GhostState, log: Log): boolean {
  return log.length === 0 || held.some((other) => identities.isPrefix(log, other));
}

/** Whether the alarm says that logs differ. */
export function isOfLogs(reason: AlarmReason): reason is AlarmReason & { readonly opNumber: number } {
  return reason.code === 'logs-differ' || reason.code === 'votes-differ' || reason.code === 'pieces-differ';
}

/** The ghost state with the checkpoints and the alarms of the replica's step, where replicas may differ. */
export function withDivergence(ghostState: GhostState, after: World, number: number): GhostState {
  if (after.setup.impure === undefined && after.setup.altered === undefined) return ghostState;
  let { taken } = ghostState;
  for (const { opNumber, table, state } of after.machines[number]?.replica?.checkpoints ?? []) {
    const digests = `${table.digest} ${state.digest}`;
    const before = taken.get(opNumber) ?? after.machines.map((): readonly string[] => []);
    const own = before[number] ?? [];
    if (!own.includes(digests)) taken = new Map(taken).set(opNumber, before.with(number, [...own, digests]));
  }
  let { alarmed } = ghostState;
  for (const output of after.last?.outputs ?? []) {
    if (output.type === 'alarm' && ('part' in output.reason || isOfLogs(output.reason)))
      alarmed = new Set([...alarmed, output.reason.opNumber]);
  }
  if (taken === ghostState.taken && alarmed === ghostState.alarmed) return ghostState;
  const next = copyOf(ghostState);
  next.taken = taken;
  next.alarmed = alarmed;
  return next;
}
