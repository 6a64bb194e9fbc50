import {
  generationOf,
  isPrimary,
  type Message,
  type Replica,
  type State,
  type Step,
} from '../../../spec/protocol/index.ts';
import type { Left } from '../choices.ts';
import { allIn, type RunState } from './texts.ts';

/** A step, and what it costs of the bounds. */
export interface PricedStep {
  readonly step: Step;
  readonly cost?: keyof Left;
}

/** Every step of a replica, a client or the environment that the bounds let happen, if the rules do. Sending is apart. */
export function stepsWithin({ state, left }: RunState): readonly PricedStep[] {
  const { messages } = allIn(state.sent);
  const steps: PricedStep[] = [];
  if (left.requests > 0)
    for (const { clientId, requestNumber } of state.clients)
      steps.push({
        step: { action: 'submit', clientId, operation: `${clientId}.${requestNumber + 1}` },
        cost: 'requests',
      });
  if ((left.reads ?? 0) > 0)
    for (const { clientId } of state.clients)
      steps.push({ step: { action: 'ask-read', clientId, operation: 0 }, cost: 'reads' });
  for (const reply of messages)
    if (reply.type === 'REPLY' || reply.type === 'READREPLY')
      steps.push({ step: { action: 'take-answer', reply } });
  for (const replica of state.replicas.keys()) {
    for (const step of stepsOf(state, replica, messages)) steps.push({ step });
    if (left.timeouts > 0) {
      const viewNumber = (state.replicas[replica]?.viewNumber ?? 0) + 1;
      steps.push({ step: { action: 'enter-view', replica, viewNumber }, cost: 'timeouts' });
    }
    // What another than the primary begins is never told.
    if ((left.rounds ?? 0) > 0 && isPrimary(state, replica))
      steps.push({ step: { action: 'begin-round', replica }, cost: 'rounds' });
    if (left.crashes > 0) for (const step of crashesOf(state, replica)) steps.push({ step, cost: 'crashes' });
    if ((left.losses ?? 0) > 0 && mayBeLost(state, replica))
      steps.push({ step: { action: 'lose-storage', replica }, cost: 'losses' });
  }
  return steps;
}

/** At most f replicas have lost their logs at a time: more is not survivable. */
function crashesOf(state: State, replica: number): readonly Step[] {
  const { group, replicas } = state;
  const mayLoseLog = replicas.filter(({ status }) => status !== 'up').length < group.tolerated;
  const isLost = replicas[replica]?.disk.generations === undefined;
  const mayCrash = isLost ? mayBeLost(state, replica) : group.mode === 'durable' || mayLoseLog;
  if (!mayCrash) return [];
  const { length } = replicas[replica]?.writes ?? [];
  return Array.from({ length: length + 1 }, (_, survivors) => survivors).flatMap((survivors) =>
    (mayLoseLog ? [false, true] : [false]).map(
      (isDamaged): Step => ({ action: 'crash', replica, survivors, isDamaged }),
    ),
  );
}

/** Whether fewer than f other replicas lack what they have promised, or would after a crash. */
function mayBeLost({ group, replicas }: State, replica: number): boolean {
  const isWhole = ({ status, disk: { generations, log } }: Replica) =>
    status === 'up' && generations !== undefined && (group.mode === 'diskless' || log !== undefined);
  const lost = replicas.filter((one, other) => other !== replica && !isWhole(one));
  return lost.length < group.tolerated;
}

function stepsOf(state: State, replica: number, messages: readonly Message[]): readonly Step[] {
  const steps: Step[] = [
    { action: 'persist', replica },
    { action: 'restart', replica },
    ...executionsOf(replica, messages),
  ];
  // A replica follows, at no cost, to each view in which another is or was.
  const running = state.replicas.filter(({ status }) => status !== 'down');
  const views = [
    ...running.flatMap(({ viewNumber, disk }) => [viewNumber, disk.viewNumber]),
    ...messages.flatMap((message) =>
      message.type === 'STARTVIEWCHANGE' || message.type === 'RECOVERY' ? [message.viewNumber] : [],
    ),
  ];
  for (const viewNumber of new Set(views)) steps.push({ action: 'enter-view', replica, viewNumber });
  const time = (state.replicas[replica]?.log.length ?? 0) + 1;
  for (const message of messages) {
    if (message.type === 'REQUEST')
      steps.push({ action: 'order', replica, request: message, predicted: { time, random: 0 } });
    if (message.type === 'PREPARE' || message.type === 'NEWSTATE')
      for (let opNumber = 1; opNumber <= message.log.length; opNumber++)
        steps.push({ action: 'accept', replica, message, opNumber });
    if (message.type === 'STARTVIEW' || message.type === 'NEWSTATE')
      steps.push({ action: 'adopt', replica, message });
  }
  const { viewNumber } = state.replicas[replica] ?? {};
  const votes = messages.filter((message) => message.type === 'DOVIEWCHANGE');
  for (const some of oneOfEach(votes.filter((vote) => vote.viewNumber === viewNumber)))
    if (some.length > 0) steps.push({ action: 'start-view', replica, votes: some });
  const answers = messages.filter((message) => message.type === 'RECOVERYRESPONSE');
  for (const some of subsetsOf(answers.filter(({ asked }) => asked.replica === replica)))
    for (const message of messages)
      if (message.type === 'NEWSTATE' || (message.type === 'RECOVERYRESPONSE' && some.includes(message)))
        if (some.length > 0) steps.push({ action: 'recover', replica, answers: some, message });
  const own = generationOf(state.replicas[replica]?.generations ?? [], replica);
  // Without an answer that tells a later loss, a replica that has learned of one would count on for ever.
  for (const some of subsetsOf(answers.filter(({ asked }) => asked.replica === replica)))
    if (own === 0 || some.some(({ generations }) => generationOf(generations, replica) > own))
      steps.push({ action: 'learn-loss', replica, answers: some });
  for (const message of messages)
    if (message.type === 'RECOVERY') steps.push({ action: 'note-loss', replica, message });
  return steps;
}

/** The execution of the replica's next entry, with each message that may tell that it is committed, and with all that acknowledge. */
export function executionsOf(replica: number, messages: readonly Message[]): readonly Step[] {
  const acknowledged = messages.filter(({ type }) => type === 'PREPAREOK');
  return [...messages.filter((message) => 'commitNumber' in message).map((one) => [one]), acknowledged].map(
    (evidence) => ({ action: 'execute', replica, evidence }),
  );
}

/** The sets with at most one vote of each replica. Of two votes of one replica, the worse one changes nothing. */
function oneOfEach<Vote extends { readonly replica: number }>(
  votes: readonly Vote[],
): readonly (readonly Vote[])[] {
  let sets: readonly (readonly Vote[])[] = [[]];
  for (const replica of new Set(votes.map((vote) => vote.replica))) {
    const own = votes.filter((vote) => vote.replica === replica);
    sets = sets.flatMap((set) => [set, ...own.map((vote) => [...set, vote])]);
  }
  return sets;
}

function subsetsOf<Item>([first, ...others]: readonly Item[]): readonly (readonly Item[])[] {
  if (first === undefined) return [[]];
  const without = subsetsOf(others);
  return [...without, ...without.map((subset) => [first, ...subset])];
}
