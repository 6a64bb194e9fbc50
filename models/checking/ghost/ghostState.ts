import type { ClientMessage, Entry, Log, Message, Output, Replica, StartView } from '../../../impl/index.ts';
import { beginning, type Observation, observe, type Promised } from '../../../spec/promise/index.ts';
import type { World } from '../../world/world.ts';
import { LogIdentities } from './logIdentities.ts';

/** What one replica has told others, in all its incarnations. */
interface SentSummary {
  /** The latest view for which it voted with DOVIEWCHANGE. */
  readonly votedView: number;
  /** The latest view in which it spoke at all. */
  readonly latestView: number;
  /** The latest view in which it sent PREPAREOK to another, and the highest op-number that it acknowledged there. */
  readonly acknowledgedView: number;
  readonly acknowledged: number;
}

const nothingSent: SentSummary = { votedView: 0, latestView: 0, acknowledgedView: 0, acknowledged: 0 };

/**
 * Everything that was said and done so far and that no crash may undo: the abstract model, and what the properties about
 * the inside need to remember. Immutable, like the world that it accompanies.
 */
export interface GhostState {
  readonly promised: Promised;
  /** Every entry that was ever executed, as a log, to be compared with the replicas' logs. */
  readonly history: Log;
  /** For each of its entries, the view of the replica that executed it first. */
  readonly executedIn: readonly number[];
  /** For each of its entries, how many of the entries up to it the service has executed. */
  readonly positions: readonly number[];
  readonly sent: readonly SentSummary[];
  /** By view: the log with which it was first announced to anyone. */
  readonly started: readonly (Log | undefined)[];
  readonly identities: LogIdentities;
}

/** Nothing was said or done. */
export function initialGhostState({ implementation, configuration }: World): GhostState {
  return {
    promised: beginning(configuration.service, configuration.size),
    history: implementation.Log.empty,
    executedIn: [],
    positions: [],
    sent: Array.from({ length: configuration.size }, () => nothingSent),
    started: [],
    identities: new LogIdentities(),
  };
}

/** The ghost state with one more observation of the promise. */
export function withObservation(ghostState: GhostState, observation: Observation): GhostState {
  return { ...ghostState, promised: observe(ghostState.promised, observation) };
}

/** The position in the promised history that these entries have led to. What nobody has executed yet counts as if it were. */
export function positionOf({ positions }: GhostState, opNumber: number): number {
  const known = Math.min(opNumber, positions.length);
  return (positions[known - 1] ?? 0) + opNumber - known;
}

/** The ghost state with what the replica's step told others. */
export function withSent(ghostState: GhostState, after: World, number: number): GhostState {
  const old = ghostState.sent[number] ?? nothingSent;
  let { votedView: voted, latestView: spoke, acknowledgedView: acknowledgedIn, acknowledged } = old;
  let { started } = ghostState;
  for (const output of after.last?.outputs ?? []) {
    if (output.type !== 'send' && output.type !== 'reply') continue;
    const { message } = output;
    spoke = Math.max(spoke, viewSpokenFor(message));
    if (message.type === 'DOVIEWCHANGE') voted = Math.max(voted, message.viewNumber);
    if (message.type === 'PREPAREOK' && message.viewNumber >= acknowledgedIn) {
      acknowledged = Math.max(message.viewNumber > acknowledgedIn ? 0 : acknowledged, message.opNumber);
      acknowledgedIn = message.viewNumber;
    }
    if (message.type === 'STARTVIEW' && started[message.viewNumber] === undefined) {
      started = withStarted(started, message, after.machines[number]?.replica);
    }
  }
  const said: SentSummary = {
    votedView: voted,
    latestView: spoke,
    acknowledgedView: acknowledgedIn,
    acknowledged,
  };
  const isNew = summariesDiffer(old, said);
  if (!isNew && started === ghostState.started) return ghostState;
  return {
    ...ghostState,
    started,
    sent: isNew ? ghostState.sent.with(number, said) : ghostState.sent,
  };
}

function summariesDiffer(one: SentSummary, other: SentSummary): boolean {
  return (
    one.votedView !== other.votedView ||
    one.latestView !== other.latestView ||
    one.acknowledgedView !== other.acknowledgedView ||
    one.acknowledged !== other.acknowledged
  );
}

/** The view in which the sender says to be. A forwarded request names none, and who fetches something one that is wanted. */
function viewSpokenFor(message: Message | ClientMessage): number {
  const namesItsOwn =
    message.type !== 'REQUEST' && message.type !== 'GETSTATE' && message.type !== 'GETCHECKPOINT';
  return namesItsOwn ? message.viewNumber : 0;
}

function withStarted(
  started: GhostState['started'],
  { viewNumber, opNumber }: StartView,
  primary: Replica | undefined,
): GhostState['started'] {
  // One that went on while the message waited for a write does not tell any more what it began with.
  if (primary?.lastNormalView !== viewNumber || primary.log.length < opNumber) return started;
  if (primary.log.base > opNumber) return started;
  const all = Array.from({ length: Math.max(started.length, viewNumber + 1) }, (_, view) => started[view]);
  all[viewNumber] = primary.log.prefix(opNumber);
  return all;
}

/** Whether the output says what became of an entry. */
export function isEntryOutcome(output: Output): output is EntryOutcome {
  return output.type === 'executed' || output.type === 'registered' || output.type === 'turned-away';
}

type EntryOutcome = Output & { readonly opNumber: number; readonly request: Entry };

/** The ghost state with the entries that the replica was the first to execute in the step that led to this world. */
export function withEntries(ghostState: GhostState, after: World, number: number): GhostState {
  let { history, executedIn, positions } = ghostState;
  for (const output of after.last?.outputs ?? []) {
    if (!isEntryOutcome(output) || output.opNumber !== history.length + 1) continue;
    history = history.append(output.request);
    executedIn = [...executedIn, after.machines[number]?.replica?.viewNumber ?? 0];
    positions = [...positions, (positions.at(-1) ?? 0) + (output.type === 'executed' ? 1 : 0)];
  }
  return history === ghostState.history ? ghostState : { ...ghostState, history, executedIn, positions };
}
