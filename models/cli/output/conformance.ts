import { grouped } from '../../../impl/terminal/columns.ts';
import { colours, Progress, watchForInterrupt } from '../../../impl/terminal/terminal.ts';
import { Conformance } from '../../conform/conform.ts';
import { illegalLines, judgedLine } from '../../conform/report.ts';

/** How many lines are judged between two looks at the clock. */
const linesAtOnce = 2000;

/** What comes of holding traces to the specification, as text and as an exit code. */
interface ConformanceReport {
  readonly lines: readonly string[];
  readonly code: number;
}

/** Judges the traces of a group, with progress, until Ctrl-C. Throws BadTrace. */
export async function conformanceReport(
  files: readonly string[],
  isWhole: boolean,
): Promise<ConformanceReport> {
  const conformance = new Conformance(files, isWhole);
  const interrupted = watchForInterrupt();
  const progress = new Progress();
  try {
    while (!interrupted() && conformance.advance(linesAtOnce)) {
      progress.show(() => `${grouped(conformance.lines)} lines`);
      await new Promise((resolve) => setImmediate(resolve));
    }
  } finally {
    progress.clear();
    conformance.close();
  }
  const isRefused = conformance.illegal !== undefined;
  const lines = [
    ...illegalLines(conformance),
    ...(isRefused ? [''] : []),
    ...conformance.notes().map((note) => `${colours.yellow('Not judged')}: ${note}`),
    verdictOf(isRefused, interrupted(), judgedLine(conformance)),
  ];
  return { lines, code: isRefused ? 1 : interrupted() ? 130 : 0 };
}

function verdictOf(isRefused: boolean, isInterrupted: boolean, judged: string): string {
  if (isRefused) return `${colours.bold(colours.red('Not legal'))}. ${judged} until then.`;
  return isInterrupted ? `Interrupted: legal so far. ${judged}.` : `${colours.green('Legal')}. ${judged}.`;
}
