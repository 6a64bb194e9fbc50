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
    help: 'the value of the key',
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
};

/** The names of all commands. */
export const commandNames: readonly string[] = Object.keys(commands);

/** A help line for each command. */
export function commandHelp(): readonly string[] {
  const rows = Object.values(commands).map(({ usage, help }) => `  ${usage.padEnd(24)}${help}`);
  return [
    ...rows,
    `  ${''.padEnd(24)}values with spaces stand in quotes: SET a "b c"; escapes such as "\\n" and "\\x00" work`,
  ];
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

/** Formats a result as `{"result": "123"}`. That of a missing key is an empty text. */
export function formatResult(result: Json): string {
  return `{"result": ${JSON.stringify(result ?? '')}}`;
}
