import { z } from 'zod';
import type { HistoryEvent } from '../../histories/events/event.ts';
import type { Chance } from '../chance.ts';
import { parsedAs } from '../nodes/nodeMessage.ts';
import type { Verdict, Workload, WorkloadOperation } from './workload.ts';

/** Maelstrom's echo workload: each node must answer with the text that it was sent. */
export const echo: Workload = { timeout: 5000, operations, final: [], check };

const echoOk = z.looseObject({ echo: z.json() });

function* operations(chance: Chance): Iterable<WorkloadOperation> {
  for (;;) {
    const text = `Please echo ${chance.below(128)}`;
    yield {
      f: 'echo',
      value: text,
      request: { echo: text },
      isIdempotent: false,
      okValue: (node, body) => parsedAs(echoOk, node, body, 'an answer to echo').echo,
    };
  }
}

/** Whether every text that came back is the text that was sent. */
function check(history: readonly HistoryEvent[]): Verdict {
  const sent = new Map<HistoryEvent['process'], HistoryEvent>();
  let echoes = 0;
  for (const event of history) {
    if (event.type === 'invoke') sent.set(event.process, event);
    if (event.type !== 'ok') continue;
    const invoked = sent.get(event.process);
    if (invoked?.value !== event.value) {
      const [expected, received] = [JSON.stringify(invoked?.value), JSON.stringify(event.value)];
      return { valid: false, explanation: `${expected} came back as ${received}, event ${event.index}.` };
    }
    echoes += 1;
  }
  if (echoes === 0) return { valid: 'unknown', explanation: 'No echo came back.' };
  return { valid: true, explanation: `All ${echoes} echoes came back as they were sent.` };
}
