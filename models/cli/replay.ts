import { createInterface, emitKeypressEvents, type Key } from 'node:readline';
import picocolors from 'picocolors';
import { runCommand, UsageError } from '../../impl/terminal/arguments.ts';
import { seedFrom } from '../../impl/terminal/optionValues.ts';
import { terminalWidth } from '../../impl/terminal/terminal.ts';
import { isRuleChange, ruleChangeNamed } from '../mutants/catalogue/index.ts';
import { shellMutants } from '../room/mutants/index.ts';
import { isRoomTrace } from '../room/roomTrace.ts';
import { readCounterexample, textIn } from '../trace/file/counterexampleFile.ts';
import { replay } from '../trace/replay.ts';
import { settling } from '../trace/settling.ts';
import { detailsOf } from '../trace/views/details.ts';
import { jsonOf } from '../trace/views/json.ts';
import { mermaidOf } from '../trace/views/mermaid.ts';
import { rowsOf } from '../trace/views/rows.ts';
import { moveFrom, Stepper, type StepperMove } from '../trace/views/stepper.ts';
import { counterexampleGiven, ruleChangeGiven } from './options/mutants.ts';
import { loadServing, serviceOf, serviceOption } from './options/service.ts';
import { orReportError } from './output/errors.ts';
import { goesOnLines } from './output/replayDetails.ts';
import { replayRoomTrace } from './output/roomReplay.ts';

const command = 'npm run replay';
const moves = 'Enter or n: next; b: back; the number of an event: go there; q: quit.';

/** The moves of keys, by the names that Node gives to keys. */
const keys = new Map<string, StepperMove>([
  ['return', 'next'],
  ['enter', 'next'],
  ['right', 'next'],
  ['space', 'next'],
  ['n', 'next'],
  ['left', 'back'],
  ['b', 'back'],
  ['home', 0],
  ['end', Infinity],
  ['q', 'quit'],
]);

await runCommand(
  {
    command,
    summary:
      'Replays a counterexample event by event, or a trace of the machine room. Exit codes: 0 the recorded property is broken\n' +
      '(of a counterexample: at the recorded event), 1 it is not, 2 bad file or usage.',
    positionals: {
      value: 'FILE',
      help: 'a trace that npm run hunt or npm run room wrote, or the name of a mutant, for its kept trace',
      atLeast: 1,
      atMost: 1,
    },
    options: {
      step: { type: 'boolean', help: 'walk through the events: Enter or → next, b or ← back, q quit' },
      mermaid: { type: 'boolean', help: 'print a Mermaid sequence diagram' },
      json: { type: 'boolean', help: 'print JSON: every event, and what it changed' },
      mutant: {
        type: 'string',
        value: 'NAME',
        help: 'replay against this mutant, or none, instead of the recorded one',
      },
      service: serviceOption,
      seed: {
        type: 'string',
        value: 'N',
        help: 'accepted and ignored: a replay uses no random numbers',
      },
    },
  },
  async ({ values, positionals: [file = ''] }) => {
    const shapes = [values.step, values.mermaid, values.json].filter(Boolean).length;
    if (shapes > 1) throw new UsageError('Choose one of --step, --mermaid and --json.');
    if (values.seed !== undefined) seedFrom(values.seed);
    if (!shellMutants.some(({ name }) => name === values.mutant)) mutantFrom(values.mutant);
    const path = counterexampleGiven(file);
    const isOfRoom = await orReportError(command, () => isRoomTrace(textIn(path)));
    if (isOfRoom === undefined) return 2;
    if (isOfRoom) {
      if (shapes > 0 || values.service !== undefined)
        throw new UsageError(
          `${path} is a trace of the machine room: it can only be replayed as it is, or with --mutant.`,
        );
      return (await orReportError(command, () => replayRoomTrace(path, values.mutant))) ?? 2;
    }
    const override = mutantFrom(values.mutant);
    const counterexample = await orReportError(command, () =>
      readCounterexample(path, override === undefined ? isRuleChange : undefined),
    );
    if (counterexample === undefined) return 2;
    const from = await serviceOf(path, counterexample, values.service);
    const name = override === undefined ? counterexample.mutant : override;
    const implementation = await orReportError(command, () =>
      loadServing(name === null ? undefined : ruleChangeNamed(name), from),
    );
    if (implementation === undefined) return 2;
    const replayed = replay(implementation, { ...counterexample, mutant: name }, settling);
    const appearance = {
      width: Math.max(40, terminalWidth()),
      colours: picocolors.isColorSupported && process.stdout.isTTY === true,
    };
    if (values.step && (await walk(new Stepper(replayed, appearance))) === 'interrupted') return 130;
    if (values.mermaid) print(mermaidOf(replayed));
    else if (values.json) print(jsonOf(replayed));
    else if (!values.step) {
      print(rowsOf(replayed, appearance));
      print([...detailsOf(replayed, appearance), ...goesOnLines(implementation, replayed, appearance.width)]);
    }
    return replayed.outcome.kind === 'reproduced' ? 0 : 1;
  },
);

/** The mutant that the command line names: undefined if the recorded one applies, null for none. */
function mutantFrom(given: string | undefined): string | null | undefined {
  if (given === undefined || given === 'none') return given === undefined ? undefined : null;
  return ruleChangeGiven(given).name;
}

function print(lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}

/** Walks through the run by single keys on a terminal, and by lines of other input. */
async function walk(stepper: Stepper): Promise<'ended' | 'interrupted'> {
  const { stdin, stdout } = process;
  if (stdin.isTTY && stdout.isTTY) return walkByKeys(stepper);
  print(stepper.show());
  for await (const line of createInterface({ input: stdin })) {
    const move = moveFrom(line);
    if (move === 'quit') break;
    if (move !== undefined) stepper.move(move);
    print(['', ...(move === undefined ? [moves] : stepper.show())]);
  }
  return 'ended';
}

function walkByKeys(stepper: Stepper): Promise<'ended' | 'interrupted'> {
  const { stdin, stdout } = process;
  const draw = (): void => {
    stdout.write('\x1b[2J\x1b[H');
    print([...stepper.show(), '', moves]);
  };
  return new Promise((resolve) => {
    const end = (how: 'ended' | 'interrupted'): void => {
      stdin.off('keypress', press);
      stdin.setRawMode(false);
      stdin.pause();
      resolve(how);
    };
    const press = (_: string | undefined, key: Key): void => {
      if (key.ctrl === true && key.name === 'c') return end('interrupted');
      const move = key.ctrl === true && key.name === 'd' ? 'quit' : keys.get(key.name ?? '');
      if (move === 'quit') return end('ended');
      if (move === undefined) return;
      stepper.move(move);
      draw();
    };
    emitKeypressEvents(stdin);
    stdin.setRawMode(true);
    stdin.on('keypress', press);
    draw();
  });
}
