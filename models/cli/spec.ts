import { runCommand, UsageError } from '../../impl/terminal/arguments.ts';
import { grouped } from '../../impl/terminal/columns.ts';
import { oneOf, wholeNumber } from '../../impl/terminal/optionValues.ts';
import { Progress, watchForInterrupt } from '../../impl/terminal/terminal.ts';
import { type Group, groupOf, type Protocol, protocol } from '../../spec/protocol/index.ts';
import { replaceFile } from '../mutation/files/keptFile.ts';
import { type Bounds, usualBounds } from '../protocol/bounds.ts';
import { type ProtocolExplored, ProtocolSearch } from '../protocol/exploreProtocol.ts';
import { answeredThroughViewChange } from '../protocol/itf/example.ts';
import { itfText } from '../protocol/itf/itf.ts';
import { type ProtocolRun, replayed } from '../protocol/itf/replayed.ts';
import { ruleMutantsOf } from '../protocol/ruleMutants.ts';
import { stepText } from '../protocol/stepText.ts';
import { realImplementation } from '../world/implementation.ts';
import { serviceNamed } from '../world/services.ts';
import { fileGiven } from './options/file.ts';

/** How many states are visited between two looks at the clock. */
const statesAtOnce = 200;

await runCommand(
  {
    command: 'npm run spec',
    summary:
      'Explores the specification of the protocol (spec/protocol/) by itself: every state within the bounds, and in each the promise\n' +
      'and the invariants. Without bounds it explores one view change with 1 and 2 requests, with a crash, and a request or a view change with a lost\n' +
      'storage, in both storage modes.\n' +
      'With --itf it writes a run for other tools too: the trace of the violation or, where everything holds, a run in which a\n' +
      'request is answered through a view change.\n' +
      'Exit codes: 0 everything holds in every state, 1 a property is broken, 2 usage.',
    options: {
      replicas: { type: 'string', value: 'K', default: '3', help: 'the size of the group, 2 to 5' },
      mode: { type: 'string', value: 'MODE', help: 'only durable, or only diskless' },
      requests: {
        type: 'string',
        value: 'N',
        help: 'how many requests there are, with the three options below',
      },
      timeouts: { type: 'string', value: 'N', help: 'how many view changes begin by a timer' },
      crashes: { type: 'string', value: 'N', help: 'how many replicas crash' },
      losses: { type: 'string', value: 'N', help: 'how many storages are lost whole' },
      reads: { type: 'string', value: 'N', help: 'how many reads there are, outside the log' },
      rounds: {
        type: 'string',
        value: 'N',
        help: 'how often a primary asks who is in its view while no read waits (default: once, if there are reads)',
      },
      without: {
        type: 'string',
        value: 'RULE',
        help: 'leave out a rule, given as action/rule or message/rule, such as adopt/not-twice',
      },
      itf: { type: 'string', value: 'FILE', help: 'write a run to this file, in the Informal Trace Format' },
    },
  },
  async ({ values }) => {
    const size = wholeNumber('--replicas', values.replicas, { min: 2, max: 5 });
    const mode =
      values.mode === undefined ? undefined : oneOf('--mode', values.mode, ['durable', 'diskless']);
    if (values.rounds !== undefined && values.reads === undefined)
      throw new UsageError('--rounds needs --reads: a primary asks for reads alone.');
    const isBounded = [values.requests, values.timeouts, values.crashes, values.losses, values.reads].some(
      (value) => value !== undefined,
    );
    const amount = (name: string, value: string | undefined) =>
      value === undefined ? 0 : wholeNumber(name, value, { min: 0, max: 9 });
    const bounds = {
      requests: amount('--requests', values.requests),
      timeouts: amount('--timeouts', values.timeouts),
      crashes: amount('--crashes', values.crashes),
      losses: amount('--losses', values.losses),
      ...(values.reads === undefined
        ? {}
        : { reads: amount('--reads', values.reads), rounds: amount('--rounds', values.rounds ?? '1') }),
    };
    const all: readonly Bounds[] = isBounded
      ? (['durable', 'diskless'] as const).map((each) => ({ mode: each, bounds }))
      : usualBounds;
    const rules = values.without === undefined ? protocol : rulesWithout(values.without);
    const file = values.itf === undefined ? undefined : fileGiven('--itf', values.itf);
    const interrupted = watchForInterrupt();
    const chosen = all.filter((each) => mode === undefined || each.mode === mode);
    for (const [index, one] of chosen.entries()) {
      const which = `exploration ${index + 1} of ${chosen.length} (${textOf(one)})`;
      const explored = await exploredWithin(size, one, rules, which, interrupted);
      console.log(reportOf(one, explored));
      const { violation } = explored;
      if (violation !== undefined) {
        const group = groupWithin(size, one);
        const run = () => replayed(rules, group, one.bounds, violation.trace);
        writeRun(file, run, group, `${violation.property} is broken: ${violation.seen}`);
        return 1;
      }
      if (interrupted()) return 130;
    }
    const group = groupOf(size, mode ?? 'durable');
    const service = serviceNamed(realImplementation, undefined);
    const example = () => answeredThroughViewChange(group, service);
    writeRun(file, example, group, 'A request is ordered in view 0, and executed and answered in view 1.');
    return 0;
  },
);

/** The protocol without the rule of this name. */
function rulesWithout(name: string): Protocol {
  const all = ruleMutantsOf(protocol);
  const names = all.map((mutant) => mutant.name);
  const mutant = all.find((one) => one.name === oneOf('--without', name, names));
  return mutant?.rules ?? protocol;
}

/** Writes the run as ITF, if a file is wanted. */
function writeRun(file: string | undefined, run: () => ProtocolRun, group: Group, description: string): void {
  if (file === undefined) return;
  const written = run();
  replaceFile(file, itfText(written, group, description));
  console.log(`Wrote a run of ${written.steps.length} steps to ${file}.`);
}

async function exploredWithin(
  size: number,
  { mode, bounds }: Bounds,
  rules: Protocol,
  which: string,
  interrupted: () => boolean,
): Promise<ProtocolExplored> {
  const service = serviceNamed(realImplementation, undefined);
  const group = groupWithin(size, { mode, bounds });
  const search = new ProtocolSearch({
    group,
    service,
    clients: 1,
    bounds,
    eagerWrites: true,
    rules,
  });
  const progress = new Progress();
  while (!interrupted() && search.visit(statesAtOnce)) {
    progress.show(() => `${which}: ${grouped(search.result().states)} states`);
    await new Promise((resolve) => setImmediate(resolve));
  }
  progress.clear();
  return search.result();
}

/** A group with reads, if there are to be any. */
function groupWithin(size: number, { mode, bounds }: Bounds): Group {
  return groupOf(size, mode, undefined, bounds.reads !== undefined);
}

function textOf({
  mode,
  bounds: { requests, timeouts, crashes, losses = 0, reads, rounds },
}: Bounds): string {
  const known = `${mode}, requests ${requests}, timeouts ${timeouts}, crashes ${crashes}, losses ${losses}`;
  return reads === undefined ? known : `${known}, reads ${reads}, rounds ${rounds}`;
}

function reportOf(bounds: Bounds, { states, isWhole, taken, violation }: ProtocolExplored): string {
  const counts = [...taken].map(([name, times]) => `${name} ${grouped(times)}`).join(' · ');
  const head = `${textOf(bounds)}: ${grouped(states)} states${isWhole ? ', all that there are' : ', not all'}`;
  if (violation === undefined) return `${head}\n  ${counts}`;
  const steps = violation.trace.map((step, index) => `  ${index + 1}  ${stepText(step)}`).join('\n');
  return `${head}\n\n${steps}\n\nBROKEN: ${violation.property}\n  ${violation.seen}`;
}
