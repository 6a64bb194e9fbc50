import { painter } from '../../../impl/terminal/layout.ts';
import { check, historyErrorIn, type KeyVerdict } from '../../histories/check.ts';
import type { HistoryEvent } from '../../histories/events/event.ts';
import { register } from '../../histories/sequential/register.ts';
import { windowLines } from '../../histories/windowLines.ts';
import type { Verdict } from './workload.ts';

/** Bounds of the check. `npm run linearizable` checks the recorded history with larger bounds. */
const bounds = { configurations: 2_000_000, steps: 100_000_000 };
const width = 120;

/** Whether a history of registers is linearizable. */
export function checkRegisters(history: readonly HistoryEvent[]): Verdict {
  const error = historyErrorIn(history, register);
  if (error !== undefined) {
    const { event, field, message } = error;
    return { valid: 'unknown', explanation: `Event ${event} is malformed: ${field} ${message}.` };
  }
  const { verdict, isTested, keys } = check(history, register, bounds);
  if (!isTested) return { valid: 'unknown', explanation: 'Nothing was tested: no write succeeded.' };
  switch (verdict) {
    case 'yes':
      return { valid: true, explanation: `The history is linearizable: ${keys.length} registers.` };
    case 'no':
      return { valid: false, explanation: `The history is not linearizable.\n${windowTexts(keys, history)}` };
    case 'unknown':
      return {
        valid: 'unknown',
        explanation: 'The check met its bounds. npm run linearizable takes larger ones.',
      };
  }
}

function windowTexts(keys: readonly KeyVerdict[], history: readonly HistoryEvent[]): string {
  const lines = keys.flatMap((judged) => {
    if (judged.verdict !== 'no') return [];
    return [
      `\nRegister ${JSON.stringify(judged.key)}`,
      ...windowLines(judged.window, history, width, painter(false)),
    ];
  });
  return lines.join('\n');
}
