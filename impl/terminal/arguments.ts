import { parseArgs } from 'node:util';
import { SetupError } from '../node/cluster/setupError.ts';

/** A command line is wrong. The message says what is wrong and what to do about it. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** One option of a command. A `value` such as `SECONDS` stands for the option's argument in the help text. */
type Option =
  | { readonly type: 'boolean'; readonly short?: string; readonly help: string }
  | {
      readonly type: 'string';
      readonly short?: string;
      readonly value: string;
      readonly default?: string;
      readonly help: string;
    };

/** The options of a command by name, without the leading dashes. `help` is added to every command. */
export type Options = Readonly<Record<string, Option>>;

/** The arguments that follow the options. Without limits, any number of them may be given. */
type Positionals = {
  readonly value: string;
  readonly help: string;
  readonly atLeast?: number;
  readonly atMost?: number;
};

/** Everything that the help text and the parser need to know about a command. */
export type Command<O extends Options> = {
  /** What the user types up to its own arguments, such as `npm run hunt`. */
  readonly command: string;
  readonly summary: string;
  readonly options: O;
  readonly positionals?: Positionals;
};

type ValueOf<T extends Option> = T extends { readonly type: 'boolean' }
  ? boolean
  : T extends { readonly default: string }
    ? string
    : string | undefined;

/** The values of a well-formed command line. */
export type Given<O extends Options> = {
  readonly kind: 'run';
  readonly values: { readonly [Name in keyof O]: ValueOf<O[Name]> };
  readonly positionals: readonly string[];
};

/** The result of parsing a command line: a request for help, or the values to run with. */
export type CommandLine<O extends Options> = { readonly kind: 'help'; readonly text: string } | Given<O>;

const helpOption: Option = { type: 'boolean', short: 'h', help: 'show this text' };

/** Parses a command line, and prints nothing. Throws a `UsageError` for a wrong one. */
export function parseCommandLine<const O extends Options>(
  command: Command<O>,
  argv: readonly string[],
): CommandLine<O>;
export function parseCommandLine(command: Command<Options>, argv: readonly string[]): CommandLine<Options> {
  // Node's strict mode would report mistakes in its own words, so the tokens are checked here instead.
  const { tokens } = parseArgs({
    args: markNumbers(argv),
    options: { ...command.options, help: helpOption },
    strict: false,
    tokens: true,
  });
  if (tokens.some((token) => token.kind === 'option' && token.name === 'help')) {
    return { kind: 'help', text: helpText(command) };
  }
  const values = defaultsOf(command.options);
  const positionals: string[] = [];
  const seen = new Set<string>();
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(unmarked(token.value));
    if (token.kind !== 'option') continue;
    if (seen.has(token.name)) throw new UsageError(`${token.rawName} was given twice. Give it once.`);
    seen.add(token.name);
    values[token.name] = readOption(command, token);
  }
  checkCount(command, positionals);
  return { kind: 'run', values, positionals };
}

/** No option begins with a digit: such an argument is a negative number. The parser would take it for an option. */
function markNumbers(argv: readonly string[]): string[] {
  return argv.map((word) => (/^-\.?\d/.test(word) ? `${numberMark}${word}` : word));
}

const numberMark = '\0';

function unmarked(word: string): string {
  return word.startsWith(numberMark) ? word.slice(numberMark.length) : word;
}

function defaultsOf(options: Options): Record<string, string | boolean | undefined> {
  const values: Record<string, string | boolean | undefined> = {};
  for (const [name, option] of Object.entries(options)) {
    values[name] = option.type === 'boolean' ? false : option.default;
  }
  return values;
}

type OptionToken = {
  readonly name: string;
  readonly rawName: string;
  readonly value: string | undefined;
  readonly inlineValue: boolean | undefined;
};

function readOption({ options, positionals }: Command<Options>, token: OptionToken): string | boolean {
  const takesWords = positionals !== undefined;
  const option = Object.hasOwn(options, token.name) ? options[token.name] : undefined;
  if (option === undefined) {
    const known = [...Object.keys(options), 'help'].map((name) => `--${name}`);
    const advice = known.length === 1 ? `Its only option is ${known[0]}.` : `Use one of ${known.join(', ')}.`;
    const words = takesWords ? ' Put words that begin with a dash after a lone --.' : '';
    throw new UsageError(`There is no option ${token.rawName}. ${advice}${words}`);
  }
  if (option.type === 'boolean') {
    if (token.value === undefined) return true;
    throw new UsageError(`${token.rawName} takes no value. Leave out '=${token.value}'.`);
  }
  // Without this check, `--seed --coverage` would quietly take '--coverage' for the seed.
  const swallowed = token.inlineValue !== true && /^-./.test(token.value ?? '');
  if (token.value === undefined || swallowed) {
    throw new UsageError(`${token.rawName} needs a value. Write ${token.rawName} ${option.value}.`);
  }
  return unmarked(token.value);
}

function checkCount({ command, positionals }: Command<Options>, given: readonly string[]): void {
  const atLeast = positionals?.atLeast ?? 0;
  const atMost = positionals === undefined ? 0 : (positionals.atMost ?? Infinity);
  if (given.length < atLeast) {
    throw new UsageError(`It needs ${atLeast} ${positionals?.value}, and was given ${given.length}.`);
  }
  const extra = given[atMost];
  if (extra === undefined) return;
  const advice = command.startsWith('npm ')
    ? `, and put all options after a lone --, as in ${command} -- --help.`
    : '.';
  throw new UsageError(`The argument '${extra}' is one too many. Leave it out${advice}`);
}

function helpText(command: Command<Options>): string {
  const { positionals } = command;
  const rows = Object.entries({ ...command.options, help: helpOption }).map(([name, option]) => {
    const short = option.short === undefined ? '' : `, -${option.short}`;
    if (option.type === 'boolean') return [`--${name}${short}`, option.help];
    const standing = option.default === undefined ? '' : ` (default: ${option.default})`;
    return [`--${name}${short} ${option.value}`, `${option.help}${standing}`];
  });
  if (positionals !== undefined) rows.unshift([positionals.value, positionals.help]);
  const width = Math.max(...rows.map(([left = '']) => left.length));
  const table = rows.map(([left = '', right = '']) => `  ${left.padEnd(width)}  ${right}`);
  const usage = [ownPart(command.command), '[options]', ...(positionals ? [usageOf(positionals)] : [])];
  return `${usage.join(' ')}\n\n${command.summary}\n\n${table.join('\n')}\n`;
}

/** npm takes the options before a lone `--` for itself. */
function ownPart(command: string): string {
  return command.startsWith('npm ') ? `${command} --` : command;
}

function usageOf({ value, atLeast, atMost }: Positionals): string {
  const isFixed = atMost === 1 || (atMost !== undefined && atMost === atLeast);
  const many = isFixed ? value : `${value}...`;
  return (atLeast ?? 0) > 0 ? many : `[${many}]`;
}

/**
 * Runs a command from its entry point. Prints the help text when asked, sets the exit code that `main` returns, and turns a
 * `UsageError` or `SetupError`, also one of `main`, into a message and exit code 2.
 */
export async function runCommand<const O extends Options>(
  command: Command<O>,
  main: (given: Given<O>) => number | Promise<number>,
  argv: readonly string[] = process.argv.slice(2),
): Promise<void> {
  // A reader of the output, such as head, may close it early. The exit code stays as it is.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  try {
    const line = parseCommandLine(command, argv);
    if (line.kind === 'help') process.stdout.write(line.text);
    else process.exitCode = await main(line);
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof SetupError)) throw error;
    const advice = `Run ${ownPart(command.command)} --help for its options.`;
    process.stderr.write(`${command.command}: ${error.message}\n${advice}\n`);
    process.exitCode = 2;
  }
}
