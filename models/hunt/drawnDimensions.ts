import type { Tally } from '../checking/coverage/tally.ts';
import type { Setup } from '../world/world.ts';
import { isProduction } from './configurations.ts';

/** Something in which configurations or faults differ, and the coverage mark that shows that it mattered in a run. */
interface Drawn {
  readonly name: string;
  readonly isDrawn: (setup: Setup) => boolean;
  readonly effect: { readonly text: string; readonly mark: string };
}

const drawn: readonly Drawn[] = [
  {
    name: 'production’s configuration',
    isDrawn: isProduction,
    effect: { text: 'a request was answered', mark: 'answered' },
  },
  {
    name: 'pieces of logs (maxChars)',
    isDrawn: ({ maxChars }) => maxChars !== undefined,
    effect: { text: 'a message was cut', mark: 'message-cut' },
  },
  {
    name: 'a pipeline',
    isDrawn: ({ pipeline }) => pipeline !== undefined,
    effect: { text: 'it was full, and a request waited', mark: 'request-waits' },
  },
  {
    name: 'a window above 1',
    isDrawn: ({ window, sessions }) => (window ?? (sessions === undefined ? 1 : 2)) > 1,
    effect: { text: 'it was full', mark: 'window-full' },
  },
  {
    name: 'checkpoints',
    isDrawn: ({ checkpointEvery }) => checkpointEvery !== undefined,
    effect: { text: 'entries were dropped', mark: 'log-compacted' },
  },
  {
    name: 'checkpoints written late',
    isDrawn: ({ lateCheckpoints }) => lateCheckpoints === true,
    effect: { text: 'a crash undid one', mark: 'late-checkpoint-lost' },
  },
  {
    name: 'sessions',
    isDrawn: ({ sessions }) => sessions !== undefined,
    effect: { text: 'a client was evicted', mark: 'client-evicted' },
  },
  {
    name: 'stepped in place',
    isDrawn: ({ inPlace }) => inPlace === true,
    effect: { text: 'an entry followed a checkpoint', mark: 'executed-past-checkpoint-in-place' },
  },
  {
    name: 'encoded as JSON',
    isDrawn: ({ codec }) => codec === 'json',
    effect: { text: 'a part of a log arrived', mark: 'encoded-log-received' },
  },
  {
    name: 'encoded as binary',
    isDrawn: ({ codec }) => codec === 'binary',
    effect: { text: 'a part of a log arrived', mark: 'encoded-log-received' },
  },
  {
    name: 'a group not founded yet',
    isDrawn: ({ unfounded }) => unfounded === true,
    effect: { text: 'it was founded', mark: 'group-founded' },
  },
  {
    name: 'messages that take time',
    isDrawn: ({ latency }) => latency !== undefined,
    effect: { text: 'a replica heard its primary while it fetched', mark: 'heard-while-fetching' },
  },
  {
    name: 'a service that fails',
    isDrawn: ({ service }) => service === 'failing',
    effect: { text: 'it failed, and its client learned it', mark: 'operation-failed' },
  },
  {
    name: 'a service with reads',
    isDrawn: ({ service }) => service === 'reading',
    effect: { text: 'a read was answered', mark: 'read-answered' },
  },
  {
    name: 'small frames',
    isDrawn: ({ frameBytes }) => frameBytes !== undefined,
    effect: { text: 'a part of a checkpoint arrived in pieces', mark: 'leaf-in-pieces' },
  },
  {
    name: 'a replica that diverges',
    isDrawn: ({ impure }) => impure !== undefined,
    effect: { text: 'a replica stopped for good', mark: 'halted' },
  },
  {
    name: 'a stored entry that is altered',
    isDrawn: ({ altered }) => altered !== undefined,
    effect: { text: 'a replica noticed that logs differ', mark: 'logs-differ' },
  },
  {
    name: 'any configuration',
    isDrawn: () => true,
    effect: { text: 'a client was answered while links were cut', mark: 'answered-while-cut' },
  },
  {
    name: 'any configuration',
    isDrawn: () => true,
    effect: { text: 'a primary that heard no quorum gave up', mark: 'primary-gives-up' },
  },
  {
    name: 'any configuration',
    isDrawn: () => true,
    effect: { text: 'a clock jumped', mark: 'clock-jumped' },
  },
  {
    name: 'any configuration',
    isDrawn: () => true,
    effect: { text: 'a primary’s clock went back', mark: 'clock-set-back' },
  },
  {
    name: 'any configuration',
    isDrawn: () => true,
    effect: { text: 'a replica lost its storage and recovered', mark: 'storage-lost-recovered' },
  },
];

/** How many schedules drew each dimension, and in how many of them it mattered. */
export class DrawnDimensions {
  private readonly schedules = drawn.map(() => 0);
  private readonly mattered = drawn.map(() => 0);

  /** Notes one schedule, whose run reached these coverage marks. */
  note(setup: Setup, reached: Tally): void {
    drawn.forEach(({ isDrawn, effect }, index) => {
      if (!isDrawn(setup)) return;
      this.schedules[index] = (this.schedules[index] ?? 0) + 1;
      if (reached.count(effect.mark) > 0) this.mattered[index] = (this.mattered[index] ?? 0) + 1;
    });
  }

  /** Each dimension with its counts. */
  rows(): readonly {
    readonly drawn: string;
    readonly schedules: number;
    readonly effect: string;
    readonly mattered: number;
  }[] {
    return drawn.map(({ name, effect }, index) => ({
      drawn: name,
      schedules: this.schedules[index] ?? 0,
      effect: effect.text,
      mattered: this.mattered[index] ?? 0,
    }));
  }
}
