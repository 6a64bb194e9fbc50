import type { KeyValueOperation } from '../service/keyValue.ts';
import { UsageError } from '../terminal/arguments.ts';
import type { Json } from '../tree/json.ts';

/** A command of the key-value store, as people type it. */
interface CommandSyntax {
  readonly usage: string;
  readonly help: string;
  readonly operation: (words: readonly string[]) => KeyValueOperation | undefined;
  /** Whether the result is what whoever asks hopes for. */
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
    help: 'removes the key; whether there was one',
    operation: ([key, ...rest]) =>
      key === undefined || rest.length > 0 ? undefined : { type: 'delete', key },
    succeeds: (result) => result === true,
  },
  CAS: {
    usage: 'CAS key expected value',
    help: 'sets the value if it is as expected; whether it was',
    operation: ([key, expected, value, ...rest]) =>
      key === undefined || expected === undefined || value === undefined || rest.length > 0
        ? undefined
        : { type: 'compare-and-set', key, expected, value },
    succeeds: (result) => result === true,
  },
  SIZE: {
    usage: 'SIZE',
    help: 'how many keys there are',
    operation: (words) => (words.length > 0 ? undefined : { type: 'size' }),
    succeeds: always,
  },
};

/** The names of all commands. */
export const commandNames: readonly string[] = Object.keys(commands);

/** What the commands are, one a line. */
export function commandHelp(): readonly string[] {
  const rows = Object.values(commands).map(({ usage, help }) => `  ${usage.padEnd(24)}${help}`);
  return [
    ...rows,
    `  ${''.padEnd(24)}values with spaces stand in quotes: SET a "b c"; "\\n", "\\x00" and the like are known`,
  ];
}

/** A command that was understood. */
export interface KeyValueCommand {
  readonly operation: KeyValueOperation;
  /** Whether the result is what whoever asks hopes for: the key is there, the value was set. */
  readonly succeeds: (result: Json) => boolean;
}

/** The command in these words. Throws a UsageError if there is none. */
export function parseCommand(words: readonly string[]): KeyValueCommand {
  const [name = '', ...rest] = words;
  const typed = Object.hasOwn(commands, name.toUpperCase()) ? commands[name.toUpperCase()] : undefined;
  if (typed === undefined)
    throw new UsageError(`There is no command '${name}'. Use ${commandNames.join(', ')}.`);
  const operation = typed.operation(rest);
  if (operation === undefined)
    throw new UsageError(`Write ${typed.usage}. Words with spaces are put in quotes: "like this".`);
  return { operation, succeeds: typed.succeeds };
}

/** A result as it is shown: `{"result": "123"}`. A key that is not there shows as an empty text. */
export function formatResult(result: Json): string {
  return `{"result": ${JSON.stringify(result ?? '')}}`;
}
