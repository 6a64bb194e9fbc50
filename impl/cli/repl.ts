import { appendFileSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { UsageError } from '../terminal/arguments.ts';
import { type Answer, print } from './answer.ts';
import { commandHelp, commandNames } from './keyValueCommands.ts';
import { QuoteError, splitWords } from './quotedWords.ts';

const prompt = 'client=>';
const historyFile = join(homedir(), '.viewstamped_history');
const maxHistory = 1000;

/** The commands of a read-evaluate-print loop. */
export interface ReplOptions {
  readonly greeting: string;
  /** Help lines for the commands besides those of the store, and their names. */
  readonly extraHelp: readonly string[];
  readonly extraNames: readonly string[];
  /** Executes one line, and stops waiting when the signal is aborted. Throws a UsageError for a wrong line. */
  readonly execute: (words: readonly string[], signal: AbortSignal) => Promise<Answer>;
  /** Receives a function that shows the prompt, and the line being typed, again after other output. */
  readonly onOpen?: (restorePrompt: () => void) => void;
  /** Whether errors are lines of JSON on standard output too. */
  readonly json: boolean;
}

/**
 * Reads lines until the input ends, and executes them one after another. On a terminal it offers a prompt, a history that is
 * kept in a file, and completion; Ctrl-C there ends the wait for an answer, or empties the line, or leaves. Yields the highest
 * exit code of all lines; on a terminal 0.
 */
export async function runRepl(options: ReplOptions): Promise<number> {
  const isTerminal = isInteractive();
  const names = [...commandNames, ...options.extraNames, 'help', 'exit'];
  const lines = createInterface({
    input: process.stdin,
    ...(isTerminal
      ? {
          output: process.stdout,
          history: readHistory(),
          historySize: maxHistory,
          completer: (line: string) => completions(names, line),
        }
      : {}),
  });
  const waiting = new Waiting();
  if (isTerminal) openTerminal(lines, waiting, options);
  let worst = 0;
  for await (const line of lines) {
    const code = await executeLine(line, isTerminal, waiting, options);
    if (code === undefined || waiting.isOver) break;
    worst = Math.max(worst, code);
    // What was typed meanwhile stays, and the cursor in it.
    if (isTerminal) lines.prompt(true);
  }
  lines.close();
  return isTerminal ? 0 : worst;
}

/** Whether lines are typed on a terminal. Ctrl-C is a key there, and elsewhere a signal of the system. */
export function isInteractive(): boolean {
  return process.stdin.isTTY === true && process.stdout.isTTY === true;
}

function openTerminal(lines: Interface, waiting: Waiting, { greeting, onOpen }: ReplOptions): void {
  process.stdout.write(`${greeting} Type help for the commands, Ctrl-D to leave.\n`);
  lines.setPrompt(prompt);
  lines.on('SIGINT', () => {
    if (waiting.end()) return;
    if (lines.line === '') {
      process.stdout.write('\n');
      lines.close();
    } else lines.write(null, { ctrl: true, name: 'u' });
  });
  lines.on('close', () => {
    waiting.isOver = true;
    waiting.end();
  });
  onOpen?.(() => {
    if (!waiting.isOver) lines.prompt(true);
  });
  lines.prompt();
}

/** The wait for an answer, which a key can end. */
class Waiting {
  /** Whether the input has ended. */
  isOver = false;
  private present: AbortController | undefined;

  async for(execute: (signal: AbortSignal) => Promise<Answer>): Promise<Answer> {
    const controller = new AbortController();
    this.present = controller;
    try {
      return await execute(controller.signal);
    } finally {
      this.present = undefined;
    }
  }

  /** Ends the wait. Yields whether there was one. */
  end(): boolean {
    this.present?.abort();
    return this.present !== undefined;
  }
}

/** Executes a line and prints its answer. Yields undefined for `exit`. */
async function executeLine(
  line: string,
  isTerminal: boolean,
  waiting: Waiting,
  { extraHelp, execute, json }: ReplOptions,
): Promise<number | undefined> {
  try {
    const words = splitWords(line);
    const [first = ''] = words;
    if (first === '') return 0;
    if (isTerminal) appendToHistory(line);
    if (['exit', 'quit'].includes(first.toLowerCase())) return undefined;
    if (first.toLowerCase() === 'help')
      return print({ code: 0, lines: [...commandHelp(), ...extraHelp, '  exit'] }, {});
    const answer = await waiting.for((signal) => execute(words, signal));
    // The prompt may have been shown again meanwhile, as after the terminal was resized.
    if (isTerminal) process.stdout.write('\r\x1b[K');
    return print(answer, {
      prefix: isTerminal ? 'server=> ' : '',
      json,
    });
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof QuoteError)) throw error;
    return print({ code: 2, error: { name: 'UsageError', message: error.message } }, { json });
  }
}

function completions(names: readonly string[], line: string): [string[], string] {
  const begun = names.filter((name) => name.toLowerCase().startsWith(line.toLowerCase()));
  return [begun.map((name) => `${name} `), line];
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
