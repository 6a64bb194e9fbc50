import { emitKeypressEvents } from 'node:readline';
import { LocalGroup } from '../node/localGroup.ts';
import { configure } from '../replica/data/configuration.ts';
import { isPrimary, type Replica } from '../replica/data/replica.ts';
import { keyValueService } from '../service/keyValue.ts';
import { runCommand, UsageError } from '../terminal/arguments.ts';
import { colours } from '../terminal/colours.ts';
import { wholeGiven } from './given.ts';
import { formatResult, parseCommand } from './keyValueCommands.ts';
import { runRepl } from './repl.ts';

const size = 3;
const tick = 50;
const requestTimeout = 5_000;

const guide = [
  '  crash N                 ends replica N, as kill -9 would (keys F1, F2, F3 for 0, 1, 2)',
  '  restart N               starts it again, with what its disk holds (the same keys)',
  '  cut N                   cuts replica N off from the others (keys F5, F6, F7)',
  '  heal N                  ends that (the same keys)',
  '  status                  how every replica is (key F8)',
];

/** `viewstamped demo`: a whole group in one process, to be broken while one works with it. */
export function demo(argv: readonly string[]): Promise<void> {
  return runCommand(
    {
      command: 'viewstamped demo',
      summary:
        'Runs three replicas in this process, and asks them for what is typed. Replicas can be crashed, restarted and cut off\n' +
        `meanwhile. Nothing is kept when it ends.\n${guide.join('\n')}`,
      options: {},
    },
    async () => {
      const stage = new Demo();
      try {
        return await stage.play();
      } finally {
        stage.close();
      }
    },
    argv,
  );
}

class Demo {
  private showAgain: () => void = () => undefined;
  private readonly seen = new Map<number, string>();
  private readonly group = new LocalGroup(configure(size, 'durable', keyValueService), tick, {
    onStep: (replica) => this.look(replica),
  });

  async play(): Promise<number> {
    if (process.stdin.isTTY) {
      emitKeypressEvents(process.stdin);
      process.stdin.on('keypress', (_, key: { readonly name?: string }) => this.press(key.name ?? ''));
    }
    return runRepl({
      greeting: 'Three replicas in this process.',
      guide,
      execute: (words, prefix) => this.carry(words, prefix),
      onOpen: (showAgain) => {
        this.showAgain = showAgain;
      },
    });
  }

  close(): void {
    this.group.close();
  }

  private async carry(words: readonly string[], prefix: string): Promise<number> {
    const [name = '', argument, ...more] = words;
    const deed = actions.find((known) => known === name.toLowerCase());
    if (deed !== undefined) {
      if (more.length > 0) throw new UsageError(`Write ${deed} N.`);
      return this.act(deed, argument);
    }
    const { operation, succeeds: isGood } = parseCommand(words);
    try {
      const result = await this.group.request(operation, requestTimeout);
      process.stdout.write(`${prefix}${formatResult(result)}\n`);
      return isGood(result) ? 0 : 1;
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      process.stderr.write(`${error.name}: ${error.message}\n`);
      return 3;
    }
  }

  private act(deed: (typeof actions)[number], argument: string | undefined): number {
    if (deed === 'status') return this.tell(this.lines());
    if (argument === undefined) throw new UsageError(`Write ${deed} N, where N is a replica: 0, 1 or 2.`);
    const number = wholeGiven(deed, argument, 0, size - 1);
    const isRunning = this.group.replica(number) !== undefined;
    switch (deed) {
      case 'crash':
        if (!isRunning) return this.tell([`replica ${number} is not running`]);
        this.group.crash(number);
        this.seen.delete(number);
        return this.tell([colours.red(`replica ${number} has crashed`)]);
      case 'restart':
        if (isRunning) return this.tell([`replica ${number} is running`]);
        this.group.start(number);
        return 0;
      case 'cut':
      case 'heal':
        this.group.cut(number, deed === 'cut');
        return this.tell([
          colours.yellow(`replica ${number} ${deed === 'cut' ? 'is cut off' : 'is connected again'}`),
        ]);
    }
  }

  private press(key: string): void {
    const crashed = ['f1', 'f2', 'f3'].indexOf(key);
    const cut = ['f5', 'f6', 'f7'].indexOf(key);
    if (crashed >= 0)
      this.act(this.group.replica(crashed) === undefined ? 'restart' : 'crash', String(crashed));
    if (cut >= 0) this.act(this.group.isCut(cut) ? 'heal' : 'cut', String(cut));
    if (key === 'f8') this.act('status', undefined);
  }

  /** Tells of a replica when something about it has changed that one wants to know. */
  private look(replica: Replica): void {
    const { replicaNumber, status, viewNumber } = replica;
    const role = status === 'normal' ? (isPrimary(replica) ? ', primary' : ', backup') : '';
    const text = `replica ${replicaNumber}: ${status} in view ${viewNumber}${role}`;
    if (this.seen.get(replicaNumber) === text) return;
    this.seen.set(replicaNumber, text);
    this.tell([colours.dim(text)]);
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

  private tell(lines: readonly string[]): number {
    // On a terminal something may have been typed already: it is not to be mixed up with this.
    const start = process.stdout.isTTY === true ? '\r\x1b[K' : '';
    for (const line of lines) process.stdout.write(`${start}${line}\n`);
    this.showAgain();
    return 0;
  }
}

const actions = ['crash', 'restart', 'cut', 'heal', 'status'] as const;
