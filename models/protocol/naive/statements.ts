import type { Log, State, Step } from '../../../spec/protocol/index.ts';
import { allIn } from './texts.ts';

/** A message, and the replica that might send it. */
type Statement = Omit<Step & { readonly action: 'send' }, 'action'>;

/** Every message that can be made of the views, logs and numbers of the state, with each replica as its sender, true or not. */
export function statements(state: State): readonly Statement[] {
  const { replicas, sent } = state;
  const views = upTo(Math.max(...replicas.flatMap(({ viewNumber, disk }) => [viewNumber, disk.viewNumber])));
  const logs = logsIn(state);
  const lengths = upTo(Math.max(...logs.map(({ length }) => length)));
  const asked = allIn(sent).messages.filter((message) => message.type === 'RECOVERY');
  return replicas.flatMap(({ status, incarnation }, replica) => {
    // A replica that does not run sends nothing. No rule says so.
    if (status === 'down') return [];
    const messages: Statement['message'][] = [];
    for (const log of logs)
      if (log.last !== undefined) {
        const { clientId, requestNumber } = log.last;
        messages.push({ type: 'REPLY', clientId, requestNumber, log });
      }
    for (const viewNumber of views) {
      messages.push({ type: 'STARTVIEWCHANGE', viewNumber, replica });
      messages.push({ type: 'RECOVERY', replica, nonce: incarnation, viewNumber });
      for (const one of asked)
        for (const log of [undefined, ...logs])
          messages.push({ type: 'RECOVERYRESPONSE', viewNumber, asked: one, log, replica });
      for (const opNumber of lengths) messages.push({ type: 'PREPAREOK', viewNumber, opNumber, replica });
      for (const commitNumber of lengths) {
        messages.push({ type: 'COMMIT', viewNumber, commitNumber });
        for (const log of logs) {
          messages.push({ type: 'PREPARE', viewNumber, log, commitNumber });
          messages.push({ type: 'STARTVIEW', viewNumber, log, commitNumber });
          messages.push({ type: 'NEWSTATE', viewNumber, log, commitNumber });
          for (const lastNormalView of views)
            messages.push({ type: 'DOVIEWCHANGE', viewNumber, lastNormalView, log, commitNumber, replica });
        }
      }
    }
    return messages
      .filter((message) => message.type !== 'RECOVERYRESPONSE' || message.asked.replica !== replica)
      .map((message) => ({ replica, message }));
  });
}

/** Every log that a replica has in its memory or its storage, and every beginning of one. */
function logsIn({ replicas }: State): readonly Log[] {
  const logs = new Set<Log>();
  for (const { log, disk, writes } of replicas)
    for (const one of [log, disk.log, ...writes.map((write) => write.log)])
      for (let at = one; at !== undefined; at = at.before) logs.add(at);
  return [...logs];
}

function upTo(most: number): readonly number[] {
  return Array.from({ length: most + 1 }, (_, number) => number);
}
