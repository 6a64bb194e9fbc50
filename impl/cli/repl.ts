import { appendFileSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { UsageError } from '../terminal/arguments.ts';
import { commandHelp, commandNames } from './keyValueCommands.ts';
import { QuoteError, splitWords } from './quotedWords.ts';

const prompt = 'client=>';
const historyFile = join(homedir(), '.viewstamped_history');
const maxHistory = 1000;

/** The commands of a read-evaluate-print loop. */
export interface ReplOptions {
  readonly greeting: string;
  /** Help lines for the commands besides those of the store. */
  readonly extraHelp: readonly string[];
  /** Executes one line and prints its answer after the prefix. Yields an exit code. Throws a UsageError for a wrong line. */
  readonly execute: (words: readonly string[], prefix: string) => Promise<number>;
  /** Receives a function that shows the prompt, and the line being typed, again after other output. */
  readonly onOpen?: (restorePrompt: () => void) => void;
}

/**
 * Reads lines until the input ends, and executes them one after another. On a terminal it offers a prompt, a history that is
 * kept in a file, and completion. Yields the highest exit code of all lines; on a terminal 0.
 */
export async function runRepl(options: ReplOptions): Promise<number> {
  const isTerminal = process.stdin.isTTY === true;
  const lines = createInterface({
    input: process.stdin,
    ...(isTerminal
      ? { output: process.stdout, history: readHistory(), historySize: maxHistory, completer }
      : {}),
  });
  if (isTerminal) {
    process.stdout.write(`${options.greeting} Type help for the commands, Ctrl-D to leave.\n`);
    lines.setPrompt(prompt);
    lines.on('SIGINT', () => lines.close());
    options.onOpen?.(() => lines.prompt(true));
    lines.prompt();
  }
  let worst = 0;
  for await (const line of lines) {
    const code = await executeLine(line, isTerminal, options);
    if (code === undefined) break;
    worst = Math.max(worst, code);
    if (isTerminal) lines.prompt();
  }
  lines.close();
  return isTerminal ? 0 : worst;
}

/** Executes a line. Yields undefined for `exit`. */
async function executeLine(
  line: string,
  isTerminal: boolean,
  { extraHelp, execute }: ReplOptions,
): Promise<number | undefined> {
  try {
    const words = splitWords(line);
    const [first = ''] = words;
    if (first === '') return 0;
    if (isTerminal) appendToHistory(line);
    if (['exit', 'quit'].includes(first.toLowerCase())) return undefined;
    if (first.toLowerCase() !== 'help') return await execute(words, 'server=> ');
    process.stdout.write(`${[...commandHelp(), ...extraHelp, '  exit'].join('\n')}\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof QuoteError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 2;
  }
}

function completer(line: string): [string[], string] {
  const names = [...commandNames, 'help', 'exit'].filter((name) =>
    name.toLowerCase().startsWith(line.toLowerCase()),
  );
  return [names.map((name) => `${name} `), line];
}

/** The lines of earlier sessions, the latest first. If the history cannot be read, it is empty. */
function readHistory(): string[] {
  try {
    return readFileSync(historyFile, 'utf8').trimEnd().split('\n').reverse().slice(0, maxHistory);
  } catch {
    return [];
  }
}

function appendToHistory(line: string): void {
  try {
    appendFileSync(historyFile, `${line}\n`, { mode: 0o600 });
  } catch {
    return;
  }
}
