import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { UsageError } from '../../impl/terminal/arguments.ts';

/** A mutant that no test notices, and why it is left. Lines are known by their text, for numbers move. */
const survivor = z.strictObject({
  file: z.string(),
  /** The text of the line, or of its first line where the mutant changes several. */
  line: z.string(),
  /** The part of that line that is changed. */
  original: z.string(),
  mutator: z.string(),
  replacement: z.string(),
  /** Whether it cannot break a guarantee. The others could be noticed, and are not. */
  equivalent: z.boolean(),
  meaning: z.string().min(1),
});

const place = z.object({ line: z.int().min(1), column: z.int().min(1) });

// The part that is used here of a report in the format that mutation testing tools share.
const report = z.object({
  config: z.object({ mutate: z.array(z.string()) }),
  files: z.record(
    z.string(),
    z.object({
      source: z.string(),
      mutants: z.array(
        z.object({
          mutatorName: z.string(),
          replacement: z.string(),
          status: z.string(),
          location: z.object({ start: place, end: place }),
        }),
      ),
    }),
  ),
});

/** A listed survivor. */
export type Survivor = z.infer<typeof survivor>;

/** The fields that identify a mutant. */
export type GeneratedMutant = Pick<Survivor, 'file' | 'line' | 'original' | 'mutator' | 'replacement'>;

/** How many mutants of one file, or of several, had each outcome. */
export interface Figures {
  readonly mutants: number;
  readonly killed: number;
  readonly timedOut: number;
  readonly survived: number;
  /** Reached by no test at all. They survive too. */
  readonly uncovered: number;
  /** Of those that survive, how many are listed as equivalent. */
  readonly equivalent: number;
}

/** A report, compared with the list of survivors. */
export interface Judgement {
  /** The files to be mutated. Some have no mutants. */
  readonly mutated: readonly string[];
  readonly files: readonly { readonly file: string; readonly figures: Figures }[];
  readonly total: Figures;
  /** Survivors that are not listed. */
  readonly unlisted: readonly GeneratedMutant[];
  /** Listed survivors. */
  readonly listed: readonly Survivor[];
  /** Listed survivors of these files that survive no longer. */
  readonly outdated: readonly Survivor[];
}

/** Reads the list of survivors. */
export function readSurvivors(path: string): readonly Survivor[] {
  const result = z.array(survivor).safeParse(parsed(path));
  if (result.success) return result.data;
  throw new UsageError(`${path} is no list of survivors:\n${z.prettifyError(result.error)}`);
}

/** Reads a report, and compares it with the list. */
export function judge(path: string, survivors: readonly Survivor[]): Judgement {
  const { files, config } = report.parse(parsed(path));
  const unlisted: GeneratedMutant[] = [];
  const listed: Survivor[] = [];
  const inOrder = Object.entries(files).sort(([left], [right]) => (left < right ? -1 : 1));
  const judged = inOrder.map(([file, { source, mutants }]) => {
    const lines = source.split('\n');
    // Each entry stands for one mutant: where two look alike, two are listed.
    const left = survivors.filter((entry) => entry.file === file);
    const before = listed.length;
    for (const mutant of mutants.filter(({ status }) => status === 'Survived' || status === 'NoCoverage')) {
      const identity = identityOf(file, lines, mutant);
      const index = left.findIndex((entry) => isSame(entry, identity));
      if (index < 0) unlisted.push(identity);
      else listed.push(...left.splice(index, 1));
    }
    const count = (...statuses: readonly string[]): number =>
      mutants.filter(({ status }) => statuses.includes(status)).length;
    const figures: Figures = {
      mutants: count('Killed', 'Timeout', 'Survived', 'NoCoverage'),
      killed: count('Killed'),
      timedOut: count('Timeout'),
      survived: count('Survived'),
      uncovered: count('NoCoverage'),
      equivalent: listed.slice(before).filter(({ equivalent }) => equivalent).length,
    };
    return { file, figures, left };
  });
  return {
    mutated: config.mutate,
    files: judged.map(({ file, figures }) => ({ file, figures })),
    total: judged.map(({ figures }) => figures).reduce(sum, none),
    unlisted,
    listed,
    outdated: judged.flatMap(({ left }) => left),
  };
}

/** The percentage of noticed mutants among those that are not equivalent. */
export function scoreOf({ mutants, killed, timedOut, equivalent }: Figures): number {
  return mutants === equivalent ? 100 : (100 * (killed + timedOut)) / (mutants - equivalent);
}

function parsed(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new UsageError(`${path} cannot be read: ${String(error)}`);
  }
}

type Reported = z.infer<typeof report>['files'][string]['mutants'][number];

function identityOf(file: string, lines: readonly string[], mutant: Reported): GeneratedMutant {
  const { start, end } = mutant.location;
  const text = lines[start.line - 1] ?? '';
  const changed = text.slice(start.column - 1, end.line === start.line ? end.column - 1 : undefined);
  return {
    file,
    line: text.trim(),
    original: changed.trim(),
    mutator: mutant.mutatorName,
    replacement: mutant.replacement.replaceAll(/\s+/g, ' ').trim(),
  };
}

/** Whether both are the same mutant. */
export function isSame(left: GeneratedMutant, right: GeneratedMutant): boolean {
  return (
    left.file === right.file &&
    left.line === right.line &&
    left.original === right.original &&
    left.mutator === right.mutator &&
    left.replacement === right.replacement
  );
}

const none: Figures = { mutants: 0, killed: 0, timedOut: 0, survived: 0, uncovered: 0, equivalent: 0 };

function sum(left: Figures, right: Figures): Figures {
  return {
    mutants: left.mutants + right.mutants,
    killed: left.killed + right.killed,
    timedOut: left.timedOut + right.timedOut,
    survived: left.survived + right.survived,
    uncovered: left.uncovered + right.uncovered,
    equivalent: left.equivalent + right.equivalent,
  };
}
