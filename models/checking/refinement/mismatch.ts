import {
  broken,
  type Log as Content,
  type Generations,
  isSame,
  isSameKnowledge,
  next,
  protocol,
  type Replica,
  type Sent,
  type Message as SpecMessage,
  type State,
  type Step,
  type Stored,
} from '../../../spec/protocol/index.ts';
import type { Machine } from '../../world/world.ts';
import type { GhostState } from '../ghost/ghostState.ts';
import type { ReplicaStep } from '../invariants/invariant.ts';
import { abstractMachine, groupOf, writesAmong } from './abstractMachine.ts';
import { explain } from './explain.ts';
import { describedIn, noteLog, questionOf, statementOf } from './told.ts';

/**
 * Why the replica's step is not one that the protocol allows, in a sentence, or undefined if it is. The event names the
 * actions, so that there is no search. `taken` is told each step of the protocol.
 */
export function mismatchOf(step: ReplicaStep, taken?: (one: Step) => void): string | undefined {
  const { before, old, now, number, ghostState, executed } = step;
  const group = groupOf(before);
  const present = abstractMachine(old, number, group, ghostState);
  const target = abstractMachine(now, number, group, executed);
  if (isStutter(step, present, target)) return undefined;
  if (target.status === 'up') noteLog(executed.identities, target);
  return new Following(step, stateBefore(step, present), target, taken).mismatch();
}

/** Whether nothing that the protocol knows has changed, and nothing is stated. */
function isStutter({ after }: ReplicaStep, present: Replica, target: Replica): boolean {
  const { event, outputs } = after.last ?? {};
  if (event?.type === 'crash' || event?.type === 'restart' || event?.type === 'sync') return false;
  for (const { type } of outputs ?? []) if (type === 'send' || type === 'reply') return false;
  return differenceOf(present, target) === undefined;
}

/** Follows one step of a replica by steps of the protocol. */
class Following {
  private readonly step: ReplicaStep;
  private readonly target: Replica;
  private readonly taken: ((one: Step) => void) | undefined;
  private state: State;

  constructor(step: ReplicaStep, state: State, target: Replica, taken: ((one: Step) => void) | undefined) {
    this.step = step;
    this.state = state;
    this.target = target;
    this.taken = taken;
  }

  mismatch(): string | undefined {
    const { step, target } = this;
    const hasWaited = step.after.last?.event.type === 'sync';
    // What waited for a write leaves once it is durable, before the replica does anything else.
    const early: number[] = [];
    const first = this.state;
    for (const one of environmentSteps(step, this.state)) {
      const reason = this.take(one);
      if (reason !== undefined) return reason;
      if (hasWaited) this.noteAllowed(early);
    }
    for (let one = explain(step, this.state, target); one; one = explain(step, this.state, target)) {
      const reason = this.takeOwnStatements(one) ?? this.take(one);
      if (reason !== undefined) return reason;
    }
    const present = this.state.replicas[step.number];
    const difference = present && differenceOf(present, target);
    if (difference !== undefined) return difference;
    for (const [index, statement] of this.statements().entries()) {
      if (early.includes(index) || (hasWaited && isOutdated(statement, target))) continue;
      const reason = this.take(statement);
      // It may have waited for a write that the protocol does not know, such as that of a commit-number.
      const wasTrue = hasWaited && reason !== undefined && broken(protocol, first, statement) === undefined;
      if (reason !== undefined && !wasTrue) return reason;
    }
    return undefined;
  }

  /** Takes the step, or says why it is not allowed. */
  private take(one: Step): string | undefined {
    const reason = broken(protocol, this.state, one);
    if (reason !== undefined) {
      const name = one.action === 'send' ? `sending ${one.message.type}` : one.action;
      return `${reason.sentence} (${name}: ${reason.rule}, ${reason.section})`;
    }
    this.taken?.(one);
    // What was sent is not looked up here.
    if (one.action !== 'send') this.state = next(protocol, this.state, one);
    return undefined;
  }

  /** Its own vote, and its own acknowledgement, a replica sends to itself within the step. */
  private takeOwnStatements(one: Step): string | undefined {
    for (const message of countedBy(one)) {
      if (message.type !== 'DOVIEWCHANGE' && message.type !== 'PREPAREOK') continue;
      if (message.replica !== this.step.number) continue;
      const reason = this.take({ action: 'send', replica: this.step.number, message });
      if (reason !== undefined) return reason;
    }
    return undefined;
  }

  private noteAllowed(allowed: number[]): void {
    for (const [index, statement] of this.statements().entries())
      if (!allowed.includes(index) && broken(protocol, this.state, statement) === undefined)
        allowed.push(index);
  }

  /** What the replica states by the messages that it sends. A broadcast is one statement. */
  private statements(): readonly Step[] {
    const { step, target } = this;
    const { event, outputs } = step.after.last ?? {};
    const received = event?.type === 'deliver' ? event.packet.message : undefined;
    const question = received?.type === 'RECOVERY' ? questionOf(received) : undefined;
    const sender = this.state.replicas[step.number] ?? target;
    // Most messages carry a part of the log that the replica holds.
    const own = target.status === 'up' && sender.log === target.log ? step.now.replica?.log : undefined;
    const statements: Step[] = [];
    let last: object | undefined;
    for (const output of outputs ?? []) {
      if ((output.type !== 'send' && output.type !== 'reply') || output.message === last) continue;
      last = output.message;
      const to = output.type === 'send' ? output.to : undefined;
      const described = describedIn(output.message, sender, own, step.executed);
      const message = statementOf(output.message, to, described, step.number, question);
      if (message !== undefined) statements.push({ action: 'send', replica: step.number, message });
    }
    return statements;
  }
}

/**
 * Whether the sender has moved on while the message waited for a write. It was true when it was made, but the present state does
 * not show that, so that it is not judged.
 */
function isOutdated(step: Step, { viewNumber, lastNormalView }: Replica): boolean {
  if (step.action !== 'send' || !('viewNumber' in step.message)) return false;
  const { message } = step;
  switch (message.type) {
    case 'DOVIEWCHANGE':
      return message.viewNumber < viewNumber || message.viewNumber === lastNormalView;
    case 'NEWSTATE':
      return message.viewNumber < lastNormalView;
    default:
      return message.viewNumber < viewNumber;
  }
}

/** What the step of the protocol counts: votes, or acknowledgements. */
function countedBy(step: Step): readonly SpecMessage[] {
  if (step.action === 'start-view') return step.votes;
  return step.action === 'execute' ? step.evidence : nothing;
}

const nothing: readonly SpecMessage[] = [];

/** The state before the step. No rule reads another replica than the one that takes it, so that it stands for the others. */
function stateBefore({ before, ghostState, number }: ReplicaStep, replica: Replica): State {
  const group = groupOf(before);
  const { identities } = ghostState;
  const replicas: Replica[] = [];
  while (replicas.length < group.size) replicas.push(replica);
  // Only the view of the replica's own log matters. A primary may be normal before any STARTVIEW has told its first log.
  const started: (Content | undefined)[] = [];
  const first = ghostState.started[replica.lastNormalView];
  started[replica.lastNormalView] = first === undefined ? identities.empty : identities.contentOf(first);
  const sent = new SentBefore(ghostState, number);
  return { group, replicas, clients: [], sent, started, empty: identities.empty };
}

/**
 * The messages that were sent before the step. A packet that arrives was sent, and the sender's step was checked then. What a
 * replica has counted is compared with what the others have sent.
 */
class SentBefore implements Sent {
  private readonly ghostState: GhostState;
  private readonly number: number;

  constructor(ghostState: GhostState, number: number) {
    this.ghostState = ghostState;
    this.number = number;
  }

  has(message: SpecMessage): boolean {
    switch (message.type) {
      case 'PREPAREOK': {
        const { acknowledgedView = 0, acknowledged = 0 } = this.ghostState.sent[message.replica] ?? {};
        // How much a replica has acknowledged is known of the latest view in which it did.
        return (
          message.replica === this.number ||
          acknowledgedView > message.viewNumber ||
          (acknowledgedView === message.viewNumber && acknowledged >= message.opNumber)
        );
      }
      case 'DOVIEWCHANGE':
        return (
          message.replica === this.number ||
          (this.ghostState.sent[message.replica]?.everVotedView ?? 0) >= message.viewNumber
        );
      default:
        return true;
    }
  }

  with(): this {
    return this;
  }

  acknowledged(viewNumber: number, replica: number): number {
    const { acknowledgedView = 0, acknowledged = 0 } = this.ghostState.sent[replica] ?? {};
    return acknowledgedView === viewNumber ? acknowledged : 0;
  }

  confirmed(): number {
    return 0;
  }
}

/** What happens to the machine, rather than to the replica on it. */
function environmentSteps(step: ReplicaStep, { group, replicas }: State): readonly Step[] {
  const { after, old, number, ghostState } = step;
  const { event } = after.last ?? {};
  switch (event?.type) {
    case 'crash': {
      if (event.lost) return [{ action: 'lose-storage', replica: number }];
      const survivors = writesAmong(old, event.survivors, group, ghostState);
      return [{ action: 'crash', replica: number, survivors, isDamaged: event.readable !== undefined }];
    }
    case 'restart':
      return [{ action: 'restart', replica: number }];
    case 'sync': {
      const { writes } = event;
      const all = replicas[number]?.writes.length ?? 0;
      const durable =
        writes === undefined ? all : writesAmong(old, recordsOf(old, writes), group, ghostState);
      return durable === 0 ? [] : new Array<Step>(durable).fill({ action: 'persist', replica: number });
    }
    default:
      return [];
  }
}

/** How many records the first writes have. */
function recordsOf({ disk: { unsynced } }: Machine, writes: number): number {
  let ends = 0;
  const last = unsynced.findIndex(({ type }) => type === 'end' && ++ends === writes);
  return last < 0 ? unsynced.length : last + 1;
}

function differenceOf(present: Replica, target: Replica): string | undefined {
  const field = differentField(present, target);
  if (field !== undefined) return `Its ${field} is ${target[field]}, and ${present[field]} by the protocol.`;
  if (present.log !== target.log)
    return `Its log has ${target.log.length} entries, and ${present.log.length} others by the protocol.`;
  if (!isSameKnowledge(present.generations, target.generations))
    return `It knows ${lossesText(target.generations)}, and ${lossesText(present.generations)} by the protocol.`;
  const [actual, expected] = [target.writes, present.writes];
  if (actual.length !== expected.length)
    return `It has ${actual.length} writes that are not durable, and ${expected.length} by the protocol.`;
  for (let index = -1; index < actual.length; index++) {
    const [stored, other] = index < 0 ? [target.disk, present.disk] : [actual[index], expected[index]];
    if (stored !== undefined && other !== undefined && !isSame(stored, other))
      return `It stores ${textOf(stored)}, and ${textOf(other)} by the protocol.`;
  }
  return undefined;
}

/** One by one, because a loop over their names would cost more than all the rest. */
function differentField(present: Replica, target: Replica): keyof Replica | undefined {
  if (present.status !== target.status) return 'status';
  if (present.viewNumber !== target.viewNumber) return 'viewNumber';
  if (present.lastNormalView !== target.lastNormalView) return 'lastNormalView';
  if (present.commitNumber !== target.commitNumber) return 'commitNumber';
  if (present.incarnation !== target.incarnation) return 'incarnation';
  return undefined;
}

function textOf({ viewNumber, lastNormalView, log, generations }: Stored): string {
  const held = log === undefined ? 'no log' : `${log.length} entries of view ${lastNormalView}`;
  return generations === undefined
    ? 'nothing'
    : `view ${viewNumber} with ${held}${generations.length === 0 ? '' : `, and ${lossesText(generations)}`}`;
}

function lossesText(generations: Generations): string {
  const losses = generations.flatMap((generation, replica) =>
    generation === 0 ? [] : [`loss ${generation} of r${replica}`],
  );
  return losses.length === 0 ? 'no lost storage' : losses.join(' and ');
}
