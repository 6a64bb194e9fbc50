import { painter } from '../../impl/terminal/layout.ts';
import { check, complaintAbout, type KeyVerdict } from '../histories/check.ts';
import type { HistoryEvent } from '../histories/history.ts';
import { register } from '../histories/model.ts';
import { pictureOf } from '../histories/picture.ts';
import type { Judgement } from './workload.ts';

/** What the check may cost. Whoever wants to spend more has the file, and a command for that. */
const bounds = { configurations: 2_000_000, steps: 100_000_000 };
const width = 120;

/** Whether a history of registers is linearizable. */
export function judge(history: readonly HistoryEvent[]): Judgement {
  const complaint = complaintAbout(history, register);
  if (complaint !== undefined) {
    const { event, field, message } = complaint;
    return { valid: 'unknown', explanation: `Event ${event} makes no sense: ${field} ${message}.` };
  }
  const { verdict, keys } = check(history, register, bounds);
  switch (verdict) {
    case 'yes':
      return { valid: true, explanation: `The history is linearizable: ${keys.length} registers.` };
    case 'no':
      return { valid: false, explanation: `The history is not linearizable.\n${pictures(keys, history)}` };
    case 'unknown':
      return {
        valid: 'unknown',
        explanation: 'The check met its bounds: npm run linearizable can be given more.',
      };
  }
}

function pictures(keys: readonly KeyVerdict[], history: readonly HistoryEvent[]): string {
  const lines = keys.flatMap((judged) => {
    if (judged.verdict !== 'no') return [];
    return [
      `\nRegister ${JSON.stringify(judged.key)}`,
      ...pictureOf(judged.window, history, width, painter(false)),
    ];
  });
  return lines.join('\n');
}
