import {
  type DoViewChange,
  generationOf,
  isPrimary,
  type Message,
  type NewState,
  type Prepare,
  type Read,
  type RecoveryResponse,
  type Replica,
  type StartView,
  type State,
  type Step,
} from '../../spec/protocol/index.ts';

/** How much of what costs something an exploration may still do. */
export interface Left {
  readonly requests: number;
  readonly timeouts: number;
  readonly crashes: number;
  /** How many storages are lost whole. None by default. */
  readonly losses?: number;
  /** How many reads there are. None by default. */
  readonly reads?: number;
  /** How many rounds primaries begin while no read waits for one. None by default. */
  readonly rounds?: number;
}

/** A step that an exploration may try, and what it costs. The rules decide whether it is allowed. */
export interface Choice {
  readonly step: Step;
  readonly cost?: keyof Left;
}

/**
 * Every step worth trying in this state, except those that an exploration takes at once. It tries forbidden ones too, with any
 * of these messages, sent or not: otherwise a rule that is missing would not show. Of steps that lead to the same state
 * it names one.
 */
export function choicesIn(state: State, messages: readonly Message[], left: Left): readonly Choice[] {
  const choices: Choice[] = [];
  // All clients ask for the same, so that nothing but their names and numbers tells requests apart.
  for (const { clientId } of left.requests > 0 ? state.clients : [])
    choices.push({ step: { action: 'submit', clientId, operation: 0 }, cost: 'requests' });
  for (const reply of messages)
    if (reply.type === 'REPLY' || reply.type === 'READREPLY')
      choices.push({ step: { action: 'take-answer', reply } });
  if ((left.reads ?? 0) > 0)
    for (const { clientId } of state.clients)
      choices.push({ step: { action: 'ask-read', clientId, operation: 0 }, cost: 'reads' });
  const lost = state.replicas.filter(({ status }) => status !== 'up').length;
  state.replicas.forEach((replica, number) => {
    const { viewNumber, writes } = replica;
    const mayBeLost = lostIn(state).filter((other) => other !== number).length < state.group.tolerated;
    const isOnDisk = state.group.mode === 'durable' && replica.disk.generations !== undefined;
    const mayCrash =
      replica.disk.generations === undefined ? mayBeLost : isOnDisk || lost < state.group.tolerated;
    choices.push({ step: { action: 'restart', replica: number } });
    choices.push({ step: { action: 'persist', replica: number } });
    // More than f losses at once are not survivable.
    if (left.crashes > 0 && mayCrash)
      for (let survivors = 0; survivors <= writes.length; survivors++)
        for (const isDamaged of lost < state.group.tolerated ? [false, true] : [false])
          choices.push({ step: { action: 'crash', replica: number, survivors, isDamaged }, cost: 'crashes' });
    if ((left.losses ?? 0) > 0 && mayBeLost)
      choices.push({ step: { action: 'lose-storage', replica: number }, cost: 'losses' });
    if (left.timeouts > 0)
      choices.push({
        step: { action: 'enter-view', replica: number, viewNumber: viewNumber + 1 },
        cost: 'timeouts',
      });
    for (const called of new Set([0, ...messages.flatMap(viewCalled)]))
      choices.push({ step: { action: 'enter-view', replica: number, viewNumber: called } });
    // A registration may be ordered again and again. So in a group with sessions an order costs a request.
    const isBounded = state.group.sessions < Number.POSITIVE_INFINITY;
    if (!isBounded || left.requests > 0)
      for (const step of orders(number, replica, messages))
        choices.push(isBounded ? { step, cost: 'requests' } : { step });
    if ((left.rounds ?? 0) > 0 && isPrimary(state, number))
      choices.push({ step: { action: 'begin-round', replica: number }, cost: 'rounds' });
    if (left.reads !== undefined && !replica.reads.some(({ read }) => read.clientId === unasked.clientId))
      choices.push({ step: { action: 'note-read', replica: number, read: unasked } });
    for (const step of stepsWithMessages(state, number, replica, messages)) choices.push({ step });
  });
  return choices;
}

/** The replicas that are in no quorum, or would be in none after a crash: more than f of them at once are not survivable. */
function lostIn({ group, replicas }: State): readonly number[] {
  return [...replicas.entries()].flatMap(([number, { status, disk }]) => {
    const isWhole = disk.generations !== undefined && (group.mode === 'diskless' || disk.log !== undefined);
    return status === 'up' && isWhole ? [] : [number];
  });
}

function viewCalled(message: Message): readonly number[] {
  return message.type === 'STARTVIEWCHANGE' || message.type === 'RECOVERY' ? [message.viewNumber] : [];
}

function stepsWithMessages(
  state: State,
  number: number,
  replica: Replica,
  messages: readonly Message[],
): readonly Step[] {
  return [
    ...acceptances(number, messages),
    ...starts(state, number, replica, messages),
    ...adoptions(number, messages),
    ...recoveries(state, number, messages),
    ...lessons(state, number, replica, messages),
    ...notes(number, replica, messages),
    ...executions(state, number, replica, messages),
  ];
}

/** A read that no client has sent. */
const unasked: Read = { type: 'READ', clientId: 'stranger', readNumber: 1, operation: 0 };

/**
 * What a primary does for reads at once: it notes each as soon as it is asked, and begins a round for it. Later it would have executed and
 * asked as much or more, so that it might answer less.
 */
export function readStepsOf(state: State, replica: number, messages: readonly Message[]): readonly Step[] {
  const { reads = [], rounds = 0 } = state.replicas[replica] ?? {};
  const isNoted = (one: Read) =>
    reads.some(({ read }) => read.clientId === one.clientId && read.readNumber === one.readNumber);
  const notes = messages.flatMap((read): readonly Step[] =>
    read.type === 'READ' && !isNoted(read) ? [{ action: 'note-read', replica, read }] : [],
  );
  const waits = reads.some((noted) => noted.rounds >= rounds);
  return waits ? [...notes, { action: 'begin-round', replica }] : notes;
}

function orders(replica: number, { log }: Replica, messages: readonly Message[]): readonly Step[] {
  const invented = {
    type: 'REQUEST',
    clientId: 'stranger',
    session: 0,
    requestNumber: 1,
    operation: 0,
  } as const;
  const times = log.length === 0 ? [1] : [log.length + 1, 0];
  return [...messages, invented].flatMap((request): readonly Step[] =>
    request.type === 'REQUEST'
      ? times.map((time) => ({ action: 'order', replica, request, predicted: { time, random: 0 } }))
      : [],
  );
}

function acceptances(replica: number, messages: readonly Message[]): readonly Step[] {
  return distinctLogs(messages.filter(isPart)).flatMap((message): readonly Step[] =>
    [message.log.length, message.log.length - 1].map((opNumber) => ({
      action: 'accept',
      replica,
      message,
      opNumber: Math.max(0, opNumber),
    })),
  );
}

function isPart(message: Message): message is Prepare | NewState {
  return message.type === 'PREPARE' || message.type === 'NEWSTATE';
}

function adoptions(replica: number, messages: readonly Message[]): readonly Step[] {
  const all = messages.filter(
    (message): message is StartView | NewState => message.type === 'STARTVIEW' || message.type === 'NEWSTATE',
  );
  return distinctLogs(all).map((message) => ({ action: 'adopt', replica, message }));
}

/** Of messages with the same log of the same view, the first. */
function distinctLogs<Told extends Prepare | StartView | NewState>(
  messages: readonly Told[],
): readonly Told[] {
  return messages.filter(
    (message, index) =>
      messages.findIndex(
        ({ viewNumber, log }) => viewNumber === message.viewNumber && log === message.log,
      ) === index,
  );
}

/** The execution of the next entry, committed or not, whether the replica holds it or not: by all kinds of evidence, true or not. */
function executions(
  { sent }: State,
  replica: number,
  { commitNumber }: Replica,
  messages: readonly Message[],
): readonly Step[] {
  const news = messages.flatMap((message) =>
    'commitNumber' in message && message.commitNumber > commitNumber ? [message] : [],
  );
  const byView = new Map(news.filter((one) => sent.has(one)).map((one) => [one.viewNumber, one]));
  const acknowledged = messages.filter(({ type }) => type === 'PREPAREOK');
  const evidences = [
    [],
    news.slice(0, 1),
    ...[...byView.values()].map((one) => [one]),
    acknowledged.filter((one) => sent.has(one)),
    acknowledged,
  ];
  return evidences.map((evidence) => ({ action: 'execute', replica, evidence }));
}

/** The execution of the replica's next entry, if messages show that it is committed. */
export function executionOf(state: State, number: number, messages: readonly Message[]): Step | undefined {
  const replica = state.replicas[number];
  if (replica === undefined || replica.status !== 'up') return undefined;
  const { commitNumber, log, lastNormalView } = replica;
  const opNumber = commitNumber + 1;
  if (opNumber > log.length) return undefined;
  const news = messages.find(
    (message) =>
      'commitNumber' in message && message.viewNumber <= lastNormalView && message.commitNumber >= opNumber,
  );
  if (news !== undefined) return { action: 'execute', replica: number, evidence: [news] };
  const evidence = messages.filter(
    (message) =>
      message.type === 'PREPAREOK' && message.viewNumber === lastNormalView && message.opNumber >= opNumber,
  );
  return { action: 'execute', replica: number, evidence };
}

function starts(
  state: State,
  replica: number,
  { lastNormalView, viewNumber }: Replica,
  messages: readonly Message[],
): readonly Step[] {
  if (viewNumber === 0) return [];
  const votes = messages.filter(
    (message): message is DoViewChange =>
      message.type === 'DOVIEWCHANGE' && message.viewNumber >= Math.min(lastNormalView + 1, viewNumber),
  );
  return setsOf(state, distinctVotes(votes), state.group.size)
    .filter((some) => some.length > 0)
    .map((some) => ({ action: 'start-view', replica, votes: some }));
}

/** The votes, without those that differ only in what is known to be committed. */
function distinctVotes(votes: readonly DoViewChange[]): readonly DoViewChange[] {
  return votes.filter(
    (vote, index) =>
      votes.findIndex(
        ({ viewNumber, replica, log, lastNormalView }) =>
          viewNumber === vote.viewNumber &&
          replica === vote.replica &&
          log === vote.log &&
          lastNormalView === vote.lastNormalView,
      ) === index,
  );
}

function recoveries(state: State, replica: number, messages: readonly Message[]): readonly Step[] {
  const all = messages.filter(
    (message): message is RecoveryResponse =>
      message.type === 'RECOVERYRESPONSE' && message.asked.replica === replica,
  );
  const logs = distinctLogs(messages.filter((message): message is NewState => message.type === 'NEWSTATE'));
  return setsOf(state, all, state.group.tolerated + 1).flatMap((answers): readonly Step[] => {
    const told = answers.filter((answer) => answer.log !== undefined);
    return [...told, ...(answers.length > 0 ? logs : [])].map((message) => ({
      action: 'recover',
      replica,
      answers,
      message,
    }));
  });
}

/** What a replica may learn of its losses. Once it has learned of one, it learns again only from an answer that tells a later one. */
function lessons(
  state: State,
  replica: number,
  { generations }: Replica,
  messages: readonly Message[],
): readonly Step[] {
  const own = generationOf(generations, replica);
  const all = messages.filter(
    (message): message is RecoveryResponse =>
      message.type === 'RECOVERYRESPONSE' && message.asked.replica === replica,
  );
  const latest = (answers: readonly RecoveryResponse[]) =>
    Math.max(0, ...answers.map((answer) => generationOf(answer.generations, replica)));
  if (own > 0 && latest(all) <= own) return [];
  return setsOf(state, all, state.group.tolerated + 1)
    .filter((answers) => answers.length > 0 && (own === 0 || latest(answers) > own))
    .map((answers) => ({ action: 'learn-loss', replica, answers }));
}

function notes(replica: number, { generations }: Replica, messages: readonly Message[]): readonly Step[] {
  return messages.flatMap((message): readonly Step[] =>
    message.type === 'RECOVERY' && message.generation > generationOf(generations, message.replica)
      ? [{ action: 'note-loss', replica, message }]
      : [],
  );
}

/** The sets of at most so many of these messages, of which at most one was not sent. */
function setsOf<Told extends Message>(
  { sent }: State,
  messages: readonly Told[],
  most: number,
): readonly (readonly Told[])[] {
  const known = messages.filter((message) => sent.has(message));
  const sets = subsetsOf(known, most);
  const smaller = sets.filter(({ length }) => length < most);
  const others = messages.filter((message) => !sent.has(message));
  return [...sets, ...others.flatMap((other) => smaller.map((set) => [...set, other]))];
}

/** The subsets of at most so many items. */
function subsetsOf<Item>(items: readonly Item[], most: number): readonly (readonly Item[])[] {
  const subsets: (readonly Item[])[] = [[]];
  for (const item of items)
    for (const subset of [...subsets]) if (subset.length < most) subsets.push([...subset, item]);
  return subsets;
}
