import {
  type Generations,
  generationOf,
  isPrimary,
  type Log,
  type Message,
  noLosses,
  type Recovery,
  type Replica,
  type State,
  withGeneration,
} from '../../spec/protocol/index.ts';

/**
 * What a replica might wish to say, true or not: what it holds in memory and on disk, and some that is false, so that a rule that is
 * missing shows. Of statements of one kind it names the one with the highest number.
 *
 * A replica that is down says nothing: what its disk lets it say, it says in the run in which the write is durable before the crash.
 */
export function sayable(state: State, number: number, heard: readonly Message[]): readonly Message[] {
  const replica = state.replicas[number];
  if (replica === undefined || replica.status === 'down') return [];
  const messages = [...ownStatements(number, replica)];
  const { log } = replica;
  for (const { log: other } of state.replicas)
    if (!other.begins(log)) messages.push(foreignPart(number, replica, other));
  for (const asked of heard)
    if (asked.type === 'RECOVERY') messages.push(...answersTo(number, replica, asked));
  state.replicas.forEach((asker, index) => {
    const asked = notAsked(index, asker);
    if (asked !== undefined) messages.push(...answersTo(number, replica, asked));
    if (index !== number && isPrimary(state, index))
      messages.push(...confirmationsOf(number, replica, asker));
  });
  return messages;
}

/** What depends on the replica alone. Many states have it in common. */
const ownStatements = remembered((number, replica): readonly Message[] => {
  const { viewNumber, lastNormalView, log, commitNumber, incarnation, disk, generations } = replica;
  const generation = generationOf(generations, number);
  const messages: Message[] = [
    { type: 'RECOVERY', replica: number, nonce: incarnation, viewNumber, generation },
    { type: 'RECOVERY', replica: number, nonce: incarnation + 1, viewNumber, generation },
    { type: 'RECOVERY', replica: number, nonce: incarnation, viewNumber, generation: generation + 1 },
    { type: 'STARTVIEWCHANGE', viewNumber, replica: number },
    { type: 'STARTVIEWCHANGE', viewNumber: disk.viewNumber, replica: number },
  ];
  for (const view of new Set([lastNormalView, viewNumber]))
    for (const opNumber of new Set([disk.log?.length ?? log.length, log.length]))
      messages.push({ type: 'PREPAREOK', viewNumber: view, opNumber, replica: number });
  for (const view of new Set([lastNormalView, viewNumber]))
    for (const told of new Set([commitNumber, log.length])) {
      for (const part of prefixesOf(log))
        messages.push(
          { type: 'PREPARE', viewNumber: view, log: part, commitNumber: told },
          { type: 'STARTVIEW', viewNumber: view, log: part, commitNumber: told },
          { type: 'NEWSTATE', viewNumber: view, log: part, commitNumber: told },
        );
    }
  for (const view of new Set([lastNormalView, viewNumber, 0]))
    for (const told of new Set([commitNumber, log.length]))
      messages.push({ type: 'COMMIT', viewNumber: view, commitNumber: told });
  messages.push(...votes(number, replica), ...aboutReads(replica));
  for (const executed of prefixesOf(log))
    if (executed.last !== undefined) {
      const { clientId, requestNumber } = executed.last;
      messages.push({ type: 'REPLY', clientId, requestNumber, log: executed });
    }
  return messages;
});

/** What a replica asks and answers for reads, true or not: the oldest answer first, which the client takes. */
function aboutReads({ viewNumber, rounds, reads, log }: Replica): Message[] {
  return [
    ...[rounds, rounds + 1].map((round) => ({ type: 'CONFIRM', viewNumber, round }) as const),
    ...reads.flatMap(({ read }) =>
      prefixesOf(log)
        .toReversed()
        .map((part) => ({ type: 'READREPLY', read, log: part }) as const),
    ),
  ];
}

/** By the view for which it votes, by what it votes: each what is in memory or on disk, in every combination. */
function votes(number: number, { viewNumber, lastNormalView, log, commitNumber, disk }: Replica): Message[] {
  const messages: Message[] = [];
  for (const view of new Set([viewNumber, disk.viewNumber]))
    for (const normal of new Set([lastNormalView, viewNumber, disk.lastNormalView]))
      for (const told of new Set([log, disk.log ?? log]))
        for (const executed of new Set([commitNumber, log.length]))
          for (const generations of knowledge(disk))
            messages.push({
              type: 'DOVIEWCHANGE',
              viewNumber: view,
              lastNormalView: normal,
              log: told,
              commitNumber: executed,
              replica: number,
              generations,
            });
  return messages;
}

/** That the replica is still in the view of this primary, asked or not. */
const confirmationsOf = rememberedFor((number, _, { viewNumber, rounds }: Replica): readonly Message[] =>
  [rounds, rounds + 1].map((round) => ({ type: 'COMMITOK', viewNumber, round, replica: number })),
);

/** What the replica would ask after a crash. */
const notAsked = remembered((number, { status, incarnation, disk }): Recovery | undefined =>
  status === 'up' && disk.log === undefined
    ? {
        type: 'RECOVERY',
        replica: number,
        nonce: incarnation + 1,
        viewNumber: disk.viewNumber,
        generation: generationOf(disk.generations ?? noLosses, number),
      }
    : undefined,
);

/** A PREPARE of a log that is not the replica's own. */
const foreignPart = rememberedFor(
  (_, { viewNumber }, log: Log): Message => ({ type: 'PREPARE', viewNumber, log, commitNumber: 0 }),
);

/** What a replica might answer. Where losses are known, it might also tell one of its own that it has not had, and no other. */
const answersTo = rememberedFor((number, { viewNumber, log, disk }, asked: Recovery): readonly Message[] => {
  if (asked.replica === number) return [];
  const { generations = noLosses } = disk;
  const invented = withGeneration(noLosses, number, generationOf(generations, number) + 1);
  const told = generations.length === 0 ? [generations] : [generations, invented];
  return [undefined, log, log.before].flatMap((one) =>
    told.map((known) => ({
      type: 'RECOVERYRESPONSE',
      viewNumber,
      asked,
      log: one,
      replica: number,
      generations: known,
    })),
  );
});

/** What the replica knows of losses and, where that is something, that it knows of none. */
function knowledge({ generations = noLosses }: Replica['disk']): ReadonlySet<Generations> {
  return new Set([generations, noLosses]);
}

function prefixesOf(log: Log): readonly Log[] {
  const prefixes: Log[] = [];
  for (let at: Log | undefined = log; at !== undefined; at = at.before) prefixes.push(at);
  return prefixes;
}

/** The function, which computes nothing twice: a replica that has not changed is the same object. */
function remembered<Made>(make: (number: number, replica: Replica) => Made) {
  const known = new WeakMap<Replica, Map<number, Made>>();
  return (number: number, replica: Replica): Made => {
    const byNumber = known.get(replica) ?? new Map<number, Made>();
    known.set(replica, byNumber);
    const made = byNumber.get(number) ?? make(number, replica);
    byNumber.set(number, made);
    return made;
  };
}

/** The same for a function of something else too. */
function rememberedFor<Other extends object, Made>(
  make: (number: number, replica: Replica, other: Other) => Made,
) {
  const knownOf = remembered(() => new WeakMap<Other, Made>());
  return (number: number, replica: Replica, other: Other): Made => {
    const known = knownOf(number, replica);
    const made = known.get(other) ?? make(number, replica, other);
    known.set(other, made);
    return made;
  };
}
