import { appendFileSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { UsageError } from '../terminal/arguments.ts';
import { commandHelp, commandNames } from './keyValueCommands.ts';
import { QuoteError, splitWords } from './quotedWords.ts';

const prompt = 'client=>';
const historyFile = join(homedir(), '.viewstamped_history');
const mostRemembered = 1000;

/** A conversation with somebody who types, or with a pipe. */
export interface ReplOptions {
  readonly greeting: string;
  /** What can be said besides the commands of the store, one line each. */
  readonly guide: readonly string[];
  /** Carries out one line, whose answers begin with the prefix. Yields an exit code. Throws a UsageError for nonsense. */
  readonly execute: (words: readonly string[], prefix: string) => Promise<number>;
  /** Is given what shows the line again that is being typed, after something else was printed. */
  readonly onOpen?: (showAgain: () => void) => void;
}

/**
 * Reads lines until there are no more, and carries out each after the one before it. On a terminal there is a prompt, a
 * history that outlives the process, and completion. Yields the worst of the exit codes, but 0 on a terminal.
 */
export async function runRepl(conversation: ReplOptions): Promise<number> {
  const isTerminal = process.stdin.isTTY === true;
  const lines = createInterface({
    input: process.stdin,
    ...(isTerminal
      ? { output: process.stdout, history: remembered(), historySize: mostRemembered, completer }
      : {}),
  });
  if (isTerminal) {
    process.stdout.write(`${conversation.greeting} Type help for what there is, Ctrl-D to leave.\n`);
    lines.setPrompt(prompt);
    lines.on('SIGINT', () => lines.close());
    conversation.onOpen?.(() => lines.prompt(true));
    lines.prompt();
  }
  let worst = 0;
  for await (const line of lines) {
    const code = await executeLine(line, isTerminal, conversation);
    if (code === undefined) break;
    worst = Math.max(worst, code);
    if (isTerminal) lines.prompt();
  }
  lines.close();
  return isTerminal ? 0 : worst;
}

/** Undefined: whoever types has had enough. */
async function executeLine(
  line: string,
  isTerminal: boolean,
  { guide, execute: carry }: ReplOptions,
): Promise<number | undefined> {
  try {
    const words = splitWords(line);
    const [first = ''] = words;
    if (first === '') return 0;
    if (isTerminal) remember(line);
    if (['exit', 'quit'].includes(first.toLowerCase())) return undefined;
    if (first.toLowerCase() !== 'help') return await carry(words, 'server=> ');
    process.stdout.write(`${[...commandHelp(), ...guide, '  exit'].join('\n')}\n`);
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

/** What was typed before, the latest first. A history that cannot be read or kept is no reason to stop. */
function remembered(): string[] {
  try {
    return readFileSync(historyFile, 'utf8').trimEnd().split('\n').reverse().slice(0, mostRemembered);
  } catch {
    return [];
  }
}

function remember(line: string): void {
  try {
    appendFileSync(historyFile, `${line}\n`, { mode: 0o600 });
  } catch {
    return;
  }
}
