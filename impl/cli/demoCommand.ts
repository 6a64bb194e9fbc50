import { emitKeypressEvents } from 'node:readline';
import { LocalGroup } from '../node/localGroup.ts';
import { configure } from '../replica/data/configuration.ts';
import { isPrimary, type Replica } from '../replica/data/replica.ts';
import { keyValueService } from '../service/keyValue.ts';
import { runCommand, UsageError } from '../terminal/arguments.ts';
import { colours } from '../terminal/colours.ts';
import { wholeNumber } from '../terminal/optionValues.ts';
import { type Answer, answerTo } from './answer.ts';
import { helpLine, parseCommand } from './keyValueCommands.ts';
import { runRepl } from './repl.ts';
import { watchForLine, watchHelp, watchIn, watchName } from './watchCommand.ts';

const size = 3;
const tick = 50;
const deadline = 5_000;

const extraHelp = [
  watchHelp,
  helpLine('crash N', 'stops replica N as kill -9 would (keys F1, F2, F3 for 0, 1, 2)'),
  helpLine('restart N', 'starts it again with the contents of its disk (the same keys)'),
  helpLine('cut N', 'cuts replica N off from the others (keys F5, F6, F7)'),
  helpLine('heal N', 'reconnects it (the same keys)'),
  helpLine('status', 'shows the status of every replica (key F8)'),
];

/** `viewstamped demo`: runs a whole group in one process, with commands that break it. */
export function demo(argv: readonly string[]): Promise<void> {
  return runCommand(
    {
      command: 'viewstamped demo',
      summary:
        'Runs three replicas in this process, and executes typed commands on them. Replicas can be crashed, restarted and cut\n' +
        `off meanwhile. Nothing is stored.\n${extraHelp.join('\n')}`,
      options: {},
    },
    async () => {
      const demo = new Demo();
      try {
        return await demo.run();
      } finally {
        demo.close();
      }
    },
    argv,
  );
}

class Demo {
  private restorePrompt: () => void = () => undefined;
  private readonly seen = new Map<number, string>();
  private readonly group = new LocalGroup(configure(size, 'durable', keyValueService), tick, {
    onStep: (replica) => this.printChange(replica),
  });

  async run(): Promise<number> {
    if (process.stdin.isTTY) {
      emitKeypressEvents(process.stdin);
      process.stdin.on('keypress', (_, key: { readonly name?: string }) => this.onKey(key.name ?? ''));
    }
    return runRepl({
      greeting: 'Three replicas in this process.',
      extraHelp,
      extraNames,
      json: false,
      execute: (words, signal) => this.execute(words, signal),
      onOpen: (restorePrompt) => {
        this.restorePrompt = restorePrompt;
      },
    });
  }

  close(): void {
    this.group.close();
  }

  private async execute(words: readonly string[], signal: AbortSignal): Promise<Answer> {
    const [name = '', argument, ...more] = words;
    const action = actions.find((known) => known === name.toLowerCase());
    if (action !== undefined) {
      if (more.length > 0) throw new UsageError(`Write ${action} N.`);
      this.perform(action, argument);
      return { code: 0 };
    }
    const watched = watchIn(words);
    if (watched !== undefined) return watchForLine(this.group, watched, signal, false);
    const command = parseCommand(words, extraNames);
    return answerTo(this.group.request(command.operation, { deadline, signal }), command);
  }

  private perform(action: Action, argument: string | undefined): void {
    if (action === 'status') return this.print(this.lines());
    if (argument === undefined) throw new UsageError(`Write ${action} N, where N is a replica: 0, 1 or 2.`);
    const number = wholeNumber(action, argument, { min: 0, max: size - 1 });
    const isRunning = this.group.replica(number) !== undefined;
    switch (action) {
      case 'crash':
        if (!isRunning) return this.print([`replica ${number} is not running`]);
        this.group.crash(number);
        this.seen.delete(number);
        return this.print([colours.red(`replica ${number} has crashed`), ...this.warnings()]);
      case 'restart':
        if (isRunning) return this.print([`replica ${number} is running`]);
        this.group.start(number);
        return this.print(this.warnings());
      case 'cut':
      case 'heal':
        this.group.cut(number, action === 'cut');
        return this.print([
          colours.yellow(`replica ${number} ${action === 'cut' ? 'is cut off' : 'is connected again'}`),
          ...this.warnings(),
        ]);
    }
  }

  /** Says so while no majority runs and is connected. */
  private warnings(): readonly string[] {
    const reached = Array.from({ length: size }, (_, number) => number).filter(
      (number) => this.group.replica(number) !== undefined && !this.group.isCut(number),
    );
    const { quorum } = this.group.configuration;
    if (reached.length >= quorum) return [];
    return [
      colours.yellow(
        `no majority: requests wait until ${quorum} of the ${size} replicas run and are connected (restart N, heal N)`,
      ),
    ];
  }

  private onKey(key: string): void {
    const crashed = ['f1', 'f2', 'f3'].indexOf(key);
    const cut = ['f5', 'f6', 'f7'].indexOf(key);
    if (crashed >= 0)
      this.perform(this.group.replica(crashed) === undefined ? 'restart' : 'crash', String(crashed));
    if (cut >= 0) this.perform(this.group.isCut(cut) ? 'heal' : 'cut', String(cut));
    if (key === 'f8') this.perform('status', undefined);
  }

  /** Prints a replica's status, view and role when they change. */
  private printChange(replica: Replica): void {
    const { replicaNumber, status, viewNumber } = replica;
    const role = status === 'normal' ? (isPrimary(replica) ? ', primary' : ', backup') : '';
    const text = `replica ${replicaNumber}: ${status} in view ${viewNumber}${role}`;
    if (this.seen.get(replicaNumber) === text) return;
    this.seen.set(replicaNumber, text);
    this.print([colours.dim(text)]);
  }

  private lines(): readonly string[] {
    return Array.from({ length: size }, (_, number) => {
      const replica = this.group.replica(number);
      if (replica === undefined) return `replica ${number}: crashed`;
      const { status, viewNumber, log, commitNumber } = replica;
      const role = isPrimary(replica) ? 'primary' : 'backup';
      const cut = this.group.isCut(number) ? ', cut off' : '';
      return `replica ${number}: ${status}, ${role} of view ${viewNumber}, op ${log.length}, commit ${commitNumber}${cut}`;
    });
  }

  private print(lines: readonly string[]): void {
    // On a terminal the line being typed is cleared first, and shown again afterwards.
    const start = process.stdout.isTTY === true ? '\r\x1b[K' : '';
    for (const line of lines) process.stdout.write(`${start}${line}\n`);
    this.restorePrompt();
  }
}

const actions = ['crash', 'restart', 'cut', 'heal', 'status'] as const;
const extraNames = [watchName, ...actions];
type Action = (typeof actions)[number];
