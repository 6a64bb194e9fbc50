import { readFileSync } from 'node:fs';
import { runCommand } from '../../impl/terminal/arguments.ts';
import { grouped } from '../../impl/terminal/columns.ts';
import { painter } from '../../impl/terminal/layout.ts';
import { decimalNumber, oneOf, wholeNumber } from '../../impl/terminal/optionValues.ts';
import { colours, Progress, terminalWidth } from '../../impl/terminal/terminal.ts';
import type { Headway } from '../histories/bounds.ts';
import { type Checked, check, complaintAbout, type KeyVerdict } from '../histories/check.ts';
import { type HistoryEvent, historyFromText } from '../histories/history.ts';
import { keyValue } from '../histories/keyValue.ts';
import { type Model, register } from '../histories/model.ts';
import { pictureOf } from '../histories/picture.ts';
import { codeOf } from '../mutation/files/badFile.ts';

const command = 'npm run linearizable';
const exitCodes = { yes: 0, no: 1, unknown: 3 } as const;
/** The number of keys whose windows are shown. */
const mostPictures = 3;

await runCommand(
  {
    command,
    summary:
      'Checks whether a history of reads, writes and compare-and-sets is linearizable, key by key, and shows the smallest\n' +
      'part of it that is not. Exit codes: 0 it is, 1 it is not, 2 bad file or usage, 3 a limit was reached before it was\n' +
      'known.',
    positionals: {
      value: 'FILE',
      help: 'the history, one event a line: JSON, or EDN as Jepsen writes it',
      atLeast: 1,
      atMost: 1,
    },
    options: {
      model: {
        type: 'string',
        value: 'MODEL',
        default: 'register',
        help: 'the model of a key: register, or key-value, which has delete as well',
      },
      seconds: { type: 'string', value: 'S', default: '60', help: 'stop after so many seconds' },
      configurations: {
        type: 'string',
        value: 'N',
        default: '2000000',
        help: 'remember at most so many configurations of a key, some tens of bytes each',
      },
      json: { type: 'boolean', help: 'print JSON: the verdict on each key, with an order or a window' },
    },
  },
  ({ values, positionals: [file = ''] }) => {
    const name = oneOf('--model', values.model, ['register', 'key-value']);
    const seconds = decimalNumber('--seconds', values.seconds, { min: 0.1 });
    const configurations = wholeNumber('--configurations', values.configurations, {
      min: 1,
      max: 100_000_000,
    });
    const judge = name === 'register' ? judgeWith(register) : judgeWith(keyValue);
    return judge(file, seconds, configurations, values.json);
  },
);

function judgeWith<State>(model: Model<State>) {
  return (file: string, seconds: number, configurations: number, json: boolean): number => {
    const events = eventsIn(file, model);
    if (typeof events === 'string') {
      process.stderr.write(`${command}: ${file}${events}.\n`);
      return 2;
    }
    const start = performance.now();
    const progress = new Progress();
    const watch = ({ keys, of, steps }: Headway): boolean => {
      progress.show(() => `${keys} of ${of} keys, ${grouped(steps)} steps`);
      return performance.now() - start < 1000 * seconds;
    };
    const checked = check(events, model, { configurations, steps: Infinity, watch });
    progress.clear();
    const lines = json ? [JSON.stringify(checked, undefined, 2)] : linesOf(checked, events);
    process.stdout.write(`${lines.join('\n')}\n`);
    return exitCodes[checked.verdict];
  };
}

/** The events in the file, or an error message that follows its name. */
function eventsIn<State>(file: string, model: Model<State>): readonly HistoryEvent[] | string {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file));
  } catch (error) {
    return `: ${readErrorText(error)}`;
  }
  const history = historyFromText(text);
  if (history.kind === 'problem') {
    const { line, field, message } = history;
    return `:${line}: ${field === undefined ? '' : `${field} `}${message}`;
  }
  const problem = complaintAbout(history.events, model);
  if (problem === undefined) return history.events;
  return `:${history.lines[problem.event] ?? 1}: ${problem.field} ${problem.message}`;
}

function readErrorText(error: unknown): string {
  const reasons: Readonly<Record<string, string>> = {
    ENOENT: 'there is no such file',
    EISDIR: 'this is a directory',
    EACCES: 'this file may not be read',
    ERR_ENCODING_INVALID_ENCODED_DATA: 'this file is not text in UTF-8',
  };
  return reasons[codeOf(error) ?? ''] ?? `it cannot be read: ${String(error)}`;
}

function linesOf({ keys, steps, verdict }: Checked, events: readonly HistoryEvent[]): readonly string[] {
  const operations = keys.reduce((sum, key) => sum + key.operations, 0);
  const size = `${grouped(operations)} operations on ${counted(keys.length, 'key')}, ${grouped(steps)} steps`;
  const bad = keys.flatMap((key) => (key.verdict === 'no' ? [key] : []));
  const heads = {
    yes: colours.green('Linearizable.'),
    no: colours.bold(colours.red(`Not linearizable: ${counted(bad.length, 'key')} cannot be ordered.`)),
    unknown: colours.yellow('Unknown whether it is linearizable.'),
  };
  const paint = painter(colours.isColorSupported);
  return [
    `${heads[verdict]} ${size}.`,
    ...bad.slice(0, mostPictures).flatMap(({ key, window }) => {
      return [
        '',
        colours.bold(`Key ${JSON.stringify(key)}`),
        ...pictureOf(window, events, terminalWidth(), paint),
      ];
    }),
    ...(bad.length > mostPictures
      ? [
          '',
          `Also: ${bad
            .slice(mostPictures)
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
  const met = bound === 'configurations' ? '--configurations' : '--seconds';
  const far = `${grouped(ordered)} of its ${grouped(operations)} operations can be ordered`;
  return [`Key ${JSON.stringify(key)} is unknown: ${far}, then the limit of ${met} was reached. Raise it.`];
}

function counted(number: number, noun: string): string {
  return `${grouped(number)} ${noun}${number === 1 ? '' : 's'}`;
}
