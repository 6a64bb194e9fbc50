import { grouped } from '../../../impl/terminal/columns.ts';
import { proseOf } from '../../checking/properties.ts';
import type { BrokenGuarantee, Mutant } from '../../mutants/mutant.ts';
import type { Replayed } from '../../trace/replay.ts';
import { mermaidOf } from '../../trace/views/mermaid.ts';
import { rowsOf } from '../../trace/views/rows.ts';
import { secondsText, settingsText } from '../table/figures.ts';
import type { MutationRun, Row } from '../table/mutationRun.ts';

/** What a client loses when a guarantee breaks. */
const meaning: Readonly<Record<BrokenGuarantee, string>> = {
  agreement: 'all copies tell the same trace',
  durability: 'what was answered is never lost',
  'exactly-once': 'each request is executed once, however often it is sent',
  validity: 'only what clients asked for is executed, and answers are its results',
  monotonic: 'nobody goes back behind what was said',
  liveness: 'when faults stop, everybody is answered in the end',
};

/** The page about one rule: why it is there, as the shortest known trace of what happens without it, if one is known. */
export function pageOf(
  mutant: Mutant,
  replayed: Replayed | undefined,
  mutationRun: MutationRun | undefined,
): string {
  const { name, rule, section, without, seen, guarantee } = mutant;
  const row = mutationRun?.rows.find((one) => one.mutant === name);
  const lines = [
    `# ${name}`,
    '',
    `**The rule** (${section}). ${rule}`,
    '',
    `**Without it.** ${without}`,
    '',
    ...(seen === undefined ? [] : [`**Seen in the wild.** ${seen}.`, '']),
    `**What breaks.** ${capital(guarantee)}: ${meaning[guarantee]}.${noticing(replayed)}`,
    '',
    '## The shortest known trace',
    '',
    ...(replayed === undefined ? ['None is kept yet.'] : traceLines(replayed)),
    '',
    '## Repeat it',
    '',
    '```sh',
    ...(replayed === undefined ? [] : [`npm run replay -- ${name}`]),
    `npm run hunt -- --mutant ${name}`,
    '```',
    '',
    row === undefined || mutationRun === undefined
      ? 'No full mutation run has hunted it yet.'
      : huntedText(row, mutationRun),
    '',
    '*Written by `npm run reasons`.*',
  ];
  return `${lines.join('\n')}\n`;
}

function noticing(replayed: Replayed | undefined): string {
  if (replayed === undefined) return '';
  const { property, level } = replayed.counterexample.violation;
  return ` In the trace below \`${property}\` (${level}) notices:\n${proseOf(property) ?? ''}`;
}

function traceLines(replayed: Replayed): readonly string[] {
  return [
    lengthOf(replayed),
    '',
    '```text',
    ...rowsOf(replayed, { width: 100, colours: false }),
    '```',
    '',
    '```mermaid',
    ...mermaidOf(replayed),
    '```',
  ];
}

function lengthOf({ counterexample: { steps, events, minimal } }: Replayed): string {
  const length = `${steps} ${steps === 1 ? 'step' : 'steps'}, ${events.length} events.`;
  if (!minimal) return `${length} A hunt found it and shrank it; whether it is the shortest is not known.`;
  return `${length} Exhaustive search has found none with fewer steps that spends no more.`;
}

function huntedText(row: Row, mutationRun: MutationRun): string {
  const { caught, tried, events, seconds, properties } = row;
  const result = `The last full mutation run (${settingsText(mutationRun)}) caught it with ${caught} of ${tried} seeds`;
  if (properties.length === 0) return `${result}.`;
  const time =
    seconds === null || events === null
      ? ''
      : `, in the median after ${grouped(events)} events and ${secondsText(seconds)} s`;
  const firsts = properties.map(({ property, times }) => `\`${property}\` (${times})`).join(', ');
  return `${result}${time}. First to break: ${firsts}.`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
