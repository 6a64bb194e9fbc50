import { readFileSync } from 'node:fs';
import type { Json } from '../../impl/index.ts';
import { runCommand } from '../../impl/terminal/arguments.ts';
import { counted, grouped } from '../../impl/terminal/columns.ts';
import { painter } from '../../impl/terminal/layout.ts';
import { decimalNumber, oneOf, wholeNumber } from '../../impl/terminal/optionValues.ts';
import { colours, Progress, terminalWidth } from '../../impl/terminal/terminal.ts';
import { type CheckResult, check, historyErrorIn, type KeyVerdict } from '../histories/check.ts';
import type { HistoryEvent } from '../histories/events/event.ts';
import { textOf } from '../histories/events/json.ts';
import { type History, historyFromText, type ReadingOptions } from '../histories/formats/historyText.ts';
import type { CheckProgress } from '../histories/search/bounds.ts';
import { keyValue } from '../histories/sequential/keyValue.ts';
import type { SequentialModel } from '../histories/sequential/model.ts';
import { register } from '../histories/sequential/register.ts';
import { strings } from '../histories/sequential/strings.ts';
import { windowLines } from '../histories/windowLines.ts';
import { codeOf } from '../mutation/files/badFile.ts';

const command = 'npm run linearizable';
const exitCodes = { yes: 0, no: 1, unknown: 3 } as const;
/** The most keys whose windows are shown. */
const maxWindows = 3;
const textFunctions: readonly string[] = ['get', 'put', 'append'];
const checkers = {
  register: checkerFor(register),
  'key-value': checkerFor(keyValue),
  strings: checkerFor(strings),
};

await runCommand(
  {
    command,
    summary:
      'Checks whether a history of reads, writes and compare-and-sets is linearizable, key by key. Shows the smallest\n' +
      'window of each key that is not. Exit codes: 0 linearizable, 1 not linearizable, 2 bad file or command line,\n' +
      '3 a bound ended the check before a verdict, or the history tests nothing because no write succeeded.',
    positionals: {
      value: 'FILE',
      help: 'the history: JSON, one event a line; or as Jepsen writes it, as EDN or as log; or as EDN of Porcupine',
      atLeast: 1,
      atMost: 1,
    },
    options: {
      model: {
        type: 'string',
        value: 'MODEL',
        default: 'auto',
        help: 'what each key is: register; key-value for the key-value service, which also has delete; strings for a text with get, put and append; or auto: strings if the history has one of these, otherwise register',
      },
      'nil-reads': {
        type: 'string',
        value: 'KIND',
        default: 'unknown',
        help: "what a read found that returns nil in Jepsen's formats: unknown, as for Knossos, or absent: the key had no value",
      },
      unkeyed: { type: 'boolean', help: 'all values are of one register, also lists of two' },
      seconds: { type: 'string', value: 'S', default: '60', help: 'give up after this many seconds' },
      configurations: {
        type: 'string',
        value: 'N',
        default: '2000000',
        help: 'store at most this many configurations for one key, of some tens of bytes each',
      },
      json: { type: 'boolean', help: 'print JSON: the verdict on each key, with its order or its window' },
    },
  },
  ({ values, positionals: [file = ''] }) => {
    const name = oneOf('--model', values.model, ['auto', 'register', 'key-value', 'strings']);
    const nilReads = oneOf('--nil-reads', values['nil-reads'], ['unknown', 'absent']);
    const seconds = decimalNumber('--seconds', values.seconds, { min: 0.1 });
    const configurations = wholeNumber('--configurations', values.configurations, {
      min: 1,
      max: 100_000_000,
    });
    const read = eventsIn(file, { nilReads, isUnkeyed: values.unkeyed });
    if (typeof read === 'string') {
      process.stderr.write(`${command}: ${file}${read}.\n`);
      return 2;
    }
    const hasTexts = read.events.some(({ process, f }) => process !== 'nemesis' && textFunctions.includes(f));
    const model = name === 'auto' ? (hasTexts ? 'strings' : 'register') : name;
    const checkEvents = checkers[model];
    return checkEvents(read, file, { seconds, configurations, isJson: values.json });
  },
);

interface CheckSettings {
  readonly seconds: number;
  readonly configurations: number;
  readonly isJson: boolean;
}

function checkerFor<State>(model: SequentialModel<State>) {
  return ({ events, lines }: History, file: string, settings: CheckSettings): number => {
    const error = historyErrorIn(events, model);
    if (error !== undefined) {
      const { event, field, message } = error;
      process.stderr.write(`${command}: ${file}:${lines[event] ?? 1}: ${field} ${message}.\n`);
      return 2;
    }
    const { seconds, configurations, isJson } = settings;
    const start = performance.now();
    const progress = new Progress();
    const onProgress = ({ keys, of, steps }: CheckProgress): boolean => {
      progress.show(() => `${keys} of ${of} keys, ${grouped(steps)} steps`);
      return performance.now() - start < 1000 * seconds;
    };
    const checked = check(events, model, { configurations, steps: Infinity, onProgress });
    progress.clear();
    const shown = isJson ? [JSON.stringify(checked, undefined, 2)] : linesOf(checked, events);
    process.stdout.write(`${shown.join('\n')}\n`);
    return checked.isTested ? exitCodes[checked.verdict] : 3;
  };
}

/** The history in the file, or what is wrong with it, as text that follows the name of the file. */
function eventsIn(file: string, options: ReadingOptions): History | string {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file));
  } catch (error) {
    return `: ${readError(error)}`;
  }
  const history = historyFromText(text, options);
  if (history.kind === 'history') return history;
  const { line, field, message } = history;
  return `:${line}: ${field === undefined ? '' : `${field} `}${message}`;
}

function readError(error: unknown): string {
  const reasons: Readonly<Record<string, string>> = {
    ENOENT: 'there is no such file',
    EISDIR: 'this is a directory',
    EACCES: 'permission denied',
    ERR_ENCODING_INVALID_ENCODED_DATA: 'this file is not text in UTF-8',
  };
  return reasons[codeOf(error) ?? ''] ?? `it cannot be read: ${String(error)}`;
}

function linesOf(
  { keys, steps, verdict, isTested }: CheckResult,
  events: readonly HistoryEvent[],
): readonly string[] {
  const operations = keys.reduce((sum, key) => sum + key.operations, 0);
  const size = `${grouped(operations)} operations on ${counted(keys.length, 'key')}, ${grouped(steps)} steps`;
  const bad = keys.flatMap((key) => (key.verdict === 'no' ? [key] : []));
  const heads = {
    yes: colours.green('Linearizable.'),
    no: colours.bold(colours.red(`Not linearizable: ${counted(bad.length, 'key')} cannot be ordered.`)),
    unknown: colours.yellow('Undecided.'),
  };
  const paint = painter(colours.isColorSupported);
  const nothing = colours.yellow('Nothing was tested: no write succeeded, and no read found a value.');
  return [
    `${isTested ? heads[verdict] : nothing} ${size}.`,
    ...nilLines(events),
    ...bad.slice(0, maxWindows).flatMap(({ key, window }) => {
      return ['', colours.bold(nameOf(key)), ...windowLines(window, events, terminalWidth(), paint)];
    }),
    ...(bad.length > maxWindows
      ? [
          '',
          `Also not linearizable: ${bad
            .slice(maxWindows)
            .map(({ key }) => textOf(key))
            .join(', ')}.`,
        ]
      : []),
    ...keys.flatMap(unknownLine),
  ];
}

/** A key, or the only register, which has none. */
function nameOf(key: Json): string {
  return key === null ? 'The register' : `Key ${textOf(key)}`;
}

function nilLines(events: readonly HistoryEvent[]): readonly string[] {
  const reads = events.filter(({ isUnknown }) => isUnknown === true).length;
  if (reads === 0) return [];
  return [
    `${counted(reads, 'read')} of nil may have found anything, as for Knossos. If nil means no value, give --nil-reads absent.`,
  ];
}

function unknownLine(judged: KeyVerdict): readonly string[] {
  if (judged.verdict !== 'unknown') return [];
  const { key, bound, ordered, operations } = judged;
  if (bound === 'verdict')
    return [`${nameOf(key)} is undecided: the search ended when another key was decided.`];
  const met = bound === 'configurations' ? '--configurations' : '--seconds';
  const progress = `${grouped(ordered)} of its ${grouped(operations)} operations can be ordered`;
  return [`${nameOf(key)} is undecided: ${progress} before ${met} ended the check. Raise it to continue.`];
}
