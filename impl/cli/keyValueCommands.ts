import type { KeyValueOperation } from '../service/keyValue.ts';
import { UsageError } from '../terminal/arguments.ts';
import type { Json } from '../tree/json.ts';

/** The syntax of a command, and the operation that it stands for. */
interface CommandSyntax {
  readonly usage: string;
  readonly help: string;
  readonly operation: (words: readonly string[]) => KeyValueOperation | undefined;
  /** Whether the result means success. */
  readonly succeeds: (result: Json) => boolean;
}

const always = (): boolean => true;

const commands: Readonly<Record<string, CommandSyntax>> = {
  GET: {
    usage: 'GET key',
    help: 'the value of the key, or null',
    operation: ([key, ...rest]) => (key === undefined || rest.length > 0 ? undefined : { type: 'get', key }),
    succeeds: (result) => result !== null,
  },
  SET: {
    usage: 'SET key value',
    help: 'sets the value of the key',
    operation: ([key, value, ...rest]) =>
      key === undefined || value === undefined || rest.length > 0 ? undefined : { type: 'set', key, value },
    succeeds: always,
  },
  DEL: {
    usage: 'DEL key',
    help: 'removes the key; tells whether it existed',
    operation: ([key, ...rest]) =>
      key === undefined || rest.length > 0 ? undefined : { type: 'delete', key },
    succeeds: (result) => result === true,
  },
  CAS: {
    usage: 'CAS key expected value',
    help: 'sets the value if it is as expected; tells whether it was',
    operation: ([key, expected, value, ...rest]) =>
      key === undefined || expected === undefined || value === undefined || rest.length > 0
        ? undefined
        : { type: 'compare-and-set', key, expected, value },
    succeeds: (result) => result === true,
  },
  SIZE: {
    usage: 'SIZE',
    help: 'the number of keys',
    operation: (words) => (words.length > 0 ? undefined : { type: 'size' }),
    succeeds: always,
  },
  KEYS: {
    usage: 'KEYS [prefix [after]]',
    help: 'the keys that begin so, in order, up to 1,000; "more" tells whether others follow: give the last one as after',
    operation: ([prefix = '', after, ...rest]) =>
      rest.length > 0 ? undefined : { type: 'keys', prefix, ...(after === undefined ? {} : { after }) },
    succeeds: always,
  },
  MULTI: {
    usage: 'MULTI command ";" command …',
    help: 'executes all of them at once, or none if a CAS among them does not find what it expects',
    operation: (words) => ({ type: 'multi', operations: operationsIn(words) }),
    succeeds: (result) =>
      typeof result === 'object' && result !== null && 'done' in result && result.done === true,
  },
};

/** The names of all commands. */
export const commandNames: readonly string[] = Object.keys(commands);

/** A help line for each command. */
export function commandHelp(): readonly string[] {
  return [
    ...Object.values(commands).map(({ usage, help }) => helpLine(usage, help)),
    helpLine('', 'values with spaces stand in quotes: SET a "b c"; escapes such as "\\n" and "\\x00" work'),
  ];
}

/** The help line of a command, aligned with those of the store. */
export function helpLine(usage: string, help: string): string {
  const width = Math.max(...Object.values(commands).map((syntax) => syntax.usage.length)) + 2;
  return `  ${usage.padEnd(width)}${help}`;
}

/** A parsed command. */
export interface KeyValueCommand {
  readonly operation: KeyValueOperation;
  /** Whether the result means success: the key exists, the value was set. */
  readonly succeeds: (result: Json) => boolean;
}

/** Parses the words of a command. Throws a UsageError if they are none. Its message lists `others`, further commands, too. */
export function parseCommand(words: readonly string[], others: readonly string[] = []): KeyValueCommand {
  const [name = '', ...rest] = words;
  const syntax = Object.hasOwn(commands, name.toUpperCase()) ? commands[name.toUpperCase()] : undefined;
  if (syntax === undefined)
    throw new UsageError(`There is no command '${name}'. Use ${[...commandNames, ...others].join(', ')}.`);
  const operation = syntax.operation(rest);
  if (operation === undefined)
    throw new UsageError(`Write ${syntax.usage}. Put words with spaces in quotes: "like this".`);
  return { operation, succeeds: syntax.succeeds };
}

/** The commands between words `;`. */
function operationsIn(words: readonly string[]): readonly KeyValueOperation[] {
  const ends = [...words.keys()].filter((index) => words[index] === ';');
  const begins = [0, ...ends.map((end) => end + 1)];
  return begins.map((begin, index) => parseCommand(words.slice(begin, ends[index])).operation);
}

/** Formats a result as `{"result": "123"}`. */
export function formatResult(result: Json): string {
  return `{"result": ${JSON.stringify(result)}}`;
}
