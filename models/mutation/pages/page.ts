import { grouped } from '../../../impl/terminal/columns.ts';
import { proseOf } from '../../checking/properties.ts';
import type { BrokenGuarantee, Mutant } from '../../mutants/mutant.ts';
import type { Replayed } from '../../trace/replay.ts';
import { mermaidOf } from '../../trace/views/mermaid.ts';
import { rowsOf } from '../../trace/views/rows.ts';
import { secondsText, settingsText } from '../table/figures.ts';
import type { MutationRun, Row } from '../table/mutationRun.ts';

/** What each guarantee means to a client. */
const meaning: Readonly<Record<BrokenGuarantee, string>> = {
  agreement: 'all replicas execute the same requests in the same order',
  durability: 'an answered request is never lost',
  'exactly-once': 'each request is executed once, however often it is sent',
  validity: 'only requests of clients are executed, and answers are their results',
  monotonic: 'no replica takes back what it has said or executed',
  liveness: 'when faults stop, every request is answered in the end',
};

/** The page about one mutant: its rule, the consequence of removing it, and the shortest known trace, if there is one. */
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
    ...(seen === undefined ? [] : [`**Seen in** ${seen}.`, '']),
    `**What breaks.** ${capital(guarantee)}: ${meaning[guarantee]}.${brokenIn(replayed)}`,
    '',
    '## The shortest known trace',
    '',
    ...(replayed === undefined ? ['No trace is kept yet.'] : traceLines(replayed)),
    '',
    '## Repeat it',
    '',
    '```sh',
    ...(replayed === undefined ? [] : [`npm run replay -- ${name}`]),
    `npm run hunt -- --mutant ${name}`,
    '```',
    '',
    row === undefined || mutationRun === undefined
      ? 'No full mutation run has hunted this mutant yet.'
      : huntedText(row, mutationRun),
    '',
    '*Written by `npm run reasons`. Do not edit.*',
  ];
  return `${lines.join('\n')}\n`;
}

function brokenIn(replayed: Replayed | undefined): string {
  if (replayed === undefined) return '';
  const { property, level } = replayed.counterexample.violation;
  return ` In the trace below \`${property}\` (${level}) breaks:\n${proseOf(property) ?? ''}`;
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
  if (!minimal) return `${length} A shorter one may exist.`;
  return `${length} Exhaustive search shows that no run with fewer steps breaks a property, unless it has more events of some kind, such as crashes.`;
}

function huntedText(row: Row, mutationRun: MutationRun): string {
  const { caught, tried, events, seconds, properties } = row;
  const result = `The last full mutation run (${settingsText(mutationRun)}) caught this mutant with ${caught} of ${tried} seeds`;
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
