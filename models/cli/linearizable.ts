import { readFileSync } from 'node:fs';
import { runCommand } from '../../impl/terminal/arguments.ts';
import { counted, grouped } from '../../impl/terminal/columns.ts';
import { painter } from '../../impl/terminal/layout.ts';
import { decimalNumber, oneOf, wholeNumber } from '../../impl/terminal/optionValues.ts';
import { colours, Progress, terminalWidth } from '../../impl/terminal/terminal.ts';
import { type CheckResult, check, historyErrorIn, type KeyVerdict } from '../histories/check.ts';
import type { HistoryEvent } from '../histories/events/event.ts';
import { historyFromText } from '../histories/formats/historyText.ts';
import type { CheckProgress } from '../histories/search/bounds.ts';
import { keyValue } from '../histories/sequential/keyValue.ts';
import type { SequentialModel } from '../histories/sequential/model.ts';
import { register } from '../histories/sequential/register.ts';
import { windowLines } from '../histories/windowLines.ts';
import { codeOf } from '../mutation/files/badFile.ts';

const command = 'npm run linearizable';
const exitCodes = { yes: 0, no: 1, unknown: 3 } as const;
/** The most keys whose windows are shown. */
const maxWindows = 3;

await runCommand(
  {
    command,
    summary:
      'Checks whether a history of reads, writes and compare-and-sets is linearizable, key by key. Shows the smallest\n' +
      'window of each key that is not. Exit codes: 0 linearizable, 1 not linearizable, 2 bad file or command line,\n' +
      '3 a bound ended the check before a verdict.',
    positionals: {
      value: 'FILE',
      help: 'the history: JSON, one event a line, or EDN as Jepsen writes it',
      atLeast: 1,
      atMost: 1,
    },
    options: {
      model: {
        type: 'string',
        value: 'MODEL',
        default: 'register',
        help: 'what each key is: register, or key-value for the key-value service, which also has delete',
      },
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
    const name = oneOf('--model', values.model, ['register', 'key-value']);
    const seconds = decimalNumber('--seconds', values.seconds, { min: 0.1 });
    const configurations = wholeNumber('--configurations', values.configurations, {
      min: 1,
      max: 100_000_000,
    });
    const checkFile = name === 'register' ? checkerFor(register) : checkerFor(keyValue);
    return checkFile(file, seconds, configurations, values.json);
  },
);

function checkerFor<State>(model: SequentialModel<State>) {
  return (file: string, seconds: number, configurations: number, json: boolean): number => {
    const events = eventsIn(file, model);
    if (typeof events === 'string') {
      process.stderr.write(`${command}: ${file}${events}.\n`);
      return 2;
    }
    const start = performance.now();
    const progress = new Progress();
    const onProgress = ({ keys, of, steps }: CheckProgress): boolean => {
      progress.show(() => `${keys} of ${of} keys, ${grouped(steps)} steps`);
      return performance.now() - start < 1000 * seconds;
    };
    const checked = check(events, model, { configurations, steps: Infinity, onProgress });
    progress.clear();
    const lines = json ? [JSON.stringify(checked, undefined, 2)] : linesOf(checked, events);
    process.stdout.write(`${lines.join('\n')}\n`);
    return exitCodes[checked.verdict];
  };
}

/** The events in the file, or what is wrong with it, as text that follows the name of the file. */
function eventsIn<State>(file: string, model: SequentialModel<State>): readonly HistoryEvent[] | string {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file));
  } catch (error) {
    return `: ${readError(error)}`;
  }
  const history = historyFromText(text);
  if (history.kind === 'unreadable') {
    const { line, field, message } = history;
    return `:${line}: ${field === undefined ? '' : `${field} `}${message}`;
  }
  const error = historyErrorIn(history.events, model);
  if (error === undefined) return history.events;
  return `:${history.lines[error.event] ?? 1}: ${error.field} ${error.message}`;
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

function linesOf({ keys, steps, verdict }: CheckResult, events: readonly HistoryEvent[]): readonly string[] {
  const operations = keys.reduce((sum, key) => sum + key.operations, 0);
  const size = `${grouped(operations)} operations on ${counted(keys.length, 'key')}, ${grouped(steps)} steps`;
  const bad = keys.flatMap((key) => (key.verdict === 'no' ? [key] : []));
  const heads = {
    yes: colours.green('Linearizable.'),
    no: colours.bold(colours.red(`Not linearizable: ${counted(bad.length, 'key')} cannot be ordered.`)),
    unknown: colours.yellow('Undecided.'),
  };
  const paint = painter(colours.isColorSupported);
  return [
    `${heads[verdict]} ${size}.`,
    ...bad.slice(0, maxWindows).flatMap(({ key, window }) => {
      return [
        '',
        colours.bold(`Key ${JSON.stringify(key)}`),
        ...windowLines(window, events, terminalWidth(), paint),
      ];
    }),
    ...(bad.length > maxWindows
      ? [
          '',
          `Also not linearizable: ${bad
            .slice(maxWindows)
            .map(({ key }) => JSON.stringify(key))
            .join(', ')}.`,
        ]
      : []),
    ...keys.flatMap(unknownLine),
  ];
}

function unknownLine(judged: KeyVerdict): readonly string[] {
  if (judged.verdict !== 'unknown') return [];
  const { key, bound, ordered, operations } = judged;
  if (bound === 'verdict')
    return [`Key ${JSON.stringify(key)} is undecided: the search ended when another key was decided.`];
  const met = bound === 'configurations' ? '--configurations' : '--seconds';
  const progress = `${grouped(ordered)} of its ${grouped(operations)} operations can be ordered`;
  return [
    `Key ${JSON.stringify(key)} is undecided: ${progress} before ${met} ended the check. Raise it to continue.`,
  ];
}
