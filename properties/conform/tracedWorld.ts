import type { Input } from '../../impl/index.ts';
import { Tracer } from '../../impl/node/trace/tracer.ts';
import type { ReplicaStep } from '../../models/checking/invariants/invariant.ts';
import { type Line, startLine, stepLine } from '../../models/conform/format/line.ts';
import { ReplicaJudge } from '../../models/conform/judge.ts';
import type { Problem } from '../../models/conform/problem.ts';
import { Run } from '../../models/conform/run.ts';
import { restartsBefore } from '../../models/world/disk.ts';
import type { World } from '../../models/world/world.ts';
import { groupOf } from '../../spec/protocol/index.ts';

/** A step of a replica, with the world after it. */
type TracedStep = Pick<ReplicaStep, 'number' | 'old' | 'now' | 'after'>;

/** The traces of a simulated group, line by line, as its replicas would write them. */
export class TracedWorld {
  private readonly tracers = new Map<number, Tracer>();
  private readonly write: (replica: number, line: Line) => void;

  constructor(world: World, write: (replica: number, line: Line) => void) {
    this.write = write;
    for (const [number, { replica }] of world.machines.entries())
      if (replica !== undefined) this.fresh(number).step(replica, { type: 'start' }, []);
  }

  /** Traces what one event does to a replica. */
  step({ number, old, now, after }: TracedStep): void {
    const input = inputOf(old, after);
    if (input === undefined || now.replica === undefined || after.last?.thrown !== undefined) return;
    const tracer = input.type === 'restart' ? this.fresh(number) : this.tracers.get(number);
    tracer?.step(now.replica, input, after.last?.outputs ?? []);
  }

  private fresh(number: number): Tracer {
    const tracer = new Tracer((line) => {
      const text: unknown = JSON.parse(JSON.stringify(line));
      this.write(number, line.format === undefined ? stepLine.parse(text) : startLine.parse(text));
    });
    this.tracers.set(number, tracer);
    return tracer;
  }
}

/** Judges a simulated group while it runs. */
export class JudgedWorld {
  problem: Problem | undefined;
  run: Run | undefined;
  private readonly judges = new Map<number, ReplicaJudge>();
  private readonly traced: TracedWorld;

  /** `shown`: what of a line is judged. */
  constructor(world: World, shown = (line: Line): Line => line) {
    this.traced = new TracedWorld(world, (number, line) => this.judge(number, shown(line)));
  }

  step(step: TracedStep): Problem | undefined {
    if (this.problem === undefined) this.traced.step(step);
    return this.problem;
  }

  private judge(number: number, line: Line): void {
    if ('group' in line)
      this.run ??= new Run(groupOf(line.group.replicas, line.group.mode, line.group.sessions));
    const { run } = this;
    if (run === undefined) return;
    const judge = this.judges.get(number) ?? new ReplicaJudge(run, number);
    this.judges.set(number, judge);
    this.problem ??= judge.isReady(line)
      ? judge.judge(line)
      : { sentence: 'It was not sent.', rule: 'was-sent', section: '', about: JSON.stringify(line.event) };
  }
}

function inputOf({ disk, incarnation }: TracedStep['old'], { last }: World): Input | undefined {
  const { event } = last ?? {};
  switch (event?.type) {
    case 'deliver': {
      const { message } = event.packet;
      return message.type === 'REPLY' || message.type === 'FAILED' || message.type === 'EVICTED'
        ? undefined
        : { type: 'message', message };
    }
    case 'timer':
      return { type: 'timer', timer: event.timer };
    case 'sync': {
      const ends = disk.unsynced.flatMap((record) => (record.type === 'end' ? [record.write] : []));
      const write = (event.writes === undefined ? undefined : ends[event.writes - 1]) ?? ends.at(-1);
      return write === undefined ? undefined : { type: 'durable', write };
    }
    case 'restart':
      return {
        type: 'restart',
        stored: { image: disk.image, records: disk.torn },
        incarnation: incarnation + 1 - restartsBefore(disk.name),
        name: disk.name,
      };
    default:
      return undefined;
  }
}
