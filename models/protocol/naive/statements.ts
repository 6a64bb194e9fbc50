import {
  type Generations,
  type Log,
  type Message,
  noLosses,
  type State,
  type Step,
} from '../../../spec/protocol/index.ts';
import { allIn, entriesOf, messageText } from './texts.ts';

/** A message that a replica might send. */
type Statement = Step & { readonly action: 'send' };

/** What statements are made of. */
interface Subjects {
  /** Every view up to the latest. */
  readonly views: readonly number[];
  readonly logs: readonly Log[];
  readonly asked: readonly Extract<Message, { readonly type: 'RECOVERY' }>[];
  readonly replicas: readonly Pick<State['replicas'][number], 'status' | 'incarnation'>[];
  readonly knowledge: readonly Generations[];
  readonly reads: readonly Extract<Message, { readonly type: 'READ' }>[];
  readonly rounds: readonly number[];
}

/** The statements that were made before, by the empty log, because no two runs share one, and the text of their subjects. */
const known = new WeakMap<Log, Map<string, readonly Statement[]>>();

/** Every message that can be made of the views, logs and numbers of the state, with each replica as its sender, true or not. */
export function statements({ replicas, sent }: State): readonly Statement[] {
  const subjects: Subjects = {
    views: upTo(Math.max(...replicas.flatMap(({ viewNumber, disk }) => [viewNumber, disk.viewNumber]))),
    logs: logsIn(replicas),
    asked: allIn(sent).messages.filter((message) => message.type === 'RECOVERY'),
    replicas,
    knowledge: knowledgeIn(replicas),
    reads: allIn(sent).messages.filter((message) => message.type === 'READ'),
    rounds: upTo(Math.max(...replicas.map(({ rounds }) => rounds))).slice(1),
  };
  const [empty] = subjects.logs.filter(({ length }) => length === 0);
  if (empty === undefined) throw new Error('Every log grows from the empty one.');
  const ofRun = known.get(empty) ?? new Map<string, readonly Statement[]>();
  known.set(empty, ofRun);
  const text = textOf(subjects);
  const made = ofRun.get(text) ?? statementsAbout(subjects);
  ofRun.set(text, made);
  return made;
}

function textOf({ views, logs, asked, replicas, knowledge, reads, rounds }: Subjects): string {
  const running = replicas.map(({ status, incarnation }) => `${status} ${incarnation}`);
  const questions = [...asked, ...reads].map(messageText);
  return [views.length, rounds.length, ...logs.map(entriesOf), ...questions, ...running, ...knowledge].join(
    '\n',
  );
}

function statementsAbout({
  views,
  logs,
  asked,
  replicas,
  knowledge,
  reads,
  rounds,
}: Subjects): readonly Statement[] {
  const lengths = upTo(Math.max(...logs.map(({ length }) => length)));
  const losses = upTo(Math.max(0, ...knowledge.flat()));
  return replicas.flatMap(({ status, incarnation }, replica) => {
    // A replica that does not run sends nothing. No rule says so.
    if (status === 'down') return [];
    const messages: Statement['message'][] = [];
    for (const log of logs)
      if (log.last !== undefined) {
        const { clientId, requestNumber } = log.last;
        messages.push({ type: 'REPLY', clientId, requestNumber, log });
      }
    for (const read of reads) for (const log of logs) messages.push({ type: 'READREPLY', read, log });
    for (const viewNumber of views) {
      for (const round of rounds) {
        messages.push({ type: 'CONFIRM', viewNumber, round });
        messages.push({ type: 'COMMITOK', viewNumber, round, replica });
      }
      messages.push({ type: 'STARTVIEWCHANGE', viewNumber, replica });
      for (const generation of losses)
        messages.push({ type: 'RECOVERY', replica, nonce: incarnation, viewNumber, generation });
      for (const one of asked)
        for (const log of [undefined, ...logs])
          for (const generations of knowledge)
            messages.push({ type: 'RECOVERYRESPONSE', viewNumber, asked: one, log, replica, generations });
      for (const opNumber of lengths) messages.push({ type: 'PREPAREOK', viewNumber, opNumber, replica });
      for (const commitNumber of lengths) {
        messages.push({ type: 'COMMIT', viewNumber, commitNumber });
        for (const log of logs) {
          messages.push({ type: 'PREPARE', viewNumber, log, commitNumber });
          messages.push({ type: 'STARTVIEW', viewNumber, log, commitNumber });
          messages.push({ type: 'NEWSTATE', viewNumber, log, commitNumber });
          for (const lastNormalView of views)
            for (const generations of knowledge)
              messages.push({
                ...{ type: 'DOVIEWCHANGE', viewNumber, lastNormalView, log, commitNumber },
                ...{ replica, generations },
              });
        }
      }
    }
    return messages
      .filter((message) => message.type !== 'RECOVERYRESPONSE' || message.asked.replica !== replica)
      .map((message) => ({ action: 'send', replica, message }));
  });
}

/** Every log that a replica has in its memory or its storage, and every beginning of one. */
function logsIn(replicas: State['replicas']): readonly Log[] {
  const logs = new Set<Log>();
  for (const { log, disk, writes } of replicas)
    for (const one of [log, disk.log, ...writes.map((write) => write.log)])
      for (let at = one; at !== undefined; at = at.before) logs.add(at);
  return [...logs];
}

/** All that a replica knows of lost storages, in its memory or its storage, each once. */
function knowledgeIn(replicas: State['replicas']): readonly Generations[] {
  const all = replicas.flatMap(({ generations, disk }) => [generations, disk.generations ?? noLosses]);
  return [...new Map([noLosses, ...all].map((one) => [one.join(), one])).values()];
}

function upTo(most: number): readonly number[] {
  return Array.from({ length: most + 1 }, (_, number) => number);
}
