import { Model } from '../../models/checking/model.ts';
import type { Frame } from '../../models/trace/replay.ts';
import { changesOf, logText, sentBy } from '../../models/trace/views/changes.ts';
import { enabled } from '../../models/world/enabled.ts';
import { type Event, eventText, recordOf } from '../../models/world/event.ts';
import type { Implementation } from '../../models/world/implementation.ts';
import { linksAround } from '../../models/world/links.ts';
import { perform } from '../../models/world/perform.ts';
import { transcriptService } from '../../models/world/transcript.ts';
import { createWorld, type Setup, type World } from '../../models/world/world.ts';

/** The outcome of a command that names no event which can happen. */
export const impossible = 'cannot happen';

/**
 * The transcript with the outcome that each of its commands has on this implementation. A line that begins in the first
 * column is a command, and the indented lines below it are its outcome. Commands are:
 *
 * - `group NAME=VALUE …`: a world begins, with a `Setup` of models/world; 3 diskless replicas and one client by default.
 * - an event by the name that it has in traces, such as `deliver PREPARE v0 n1 r0→r1`. Its outcome is what it changed, what
 *   was sent, and any property that it breaks.
 * - `run`: all that can arrive is delivered and all that was written is synced, until nothing is left. Its outcome is
 *   what clients saw.
 * - `show`: where each replica stands, with its view, status, op-number, commit-number and log.
 */
export function playedOn(implementation: Implementation, text: string): string {
  let player: Player | undefined;
  const lines = text.split('\n').flatMap((line) => {
    if (line.startsWith(' ')) return [];
    if (line === '' || line.startsWith('#')) return [line];
    if (line.startsWith('group')) {
      player = new Player(createWorld(implementation, setupOf(line), transcriptService));
      return [line];
    }
    if (player === undefined) throw new Error('A transcript begins with the command `group`.');
    return [line, ...player.outcome(line).map((outcome) => `  ${outcome}`)];
  });
  return lines.join('\n');
}

function setupOf(line: string): Setup {
  const given = new Map(Array.from(line.matchAll(/(\w+)=(\w+)/g), ([, name, value]) => [name, value]));
  const number = (name: string): number | undefined =>
    given.has(name) ? Number(given.get(name)) : undefined;
  const [checkpointEvery, sessions] = [number('checkpointEvery'), number('sessions')];
  const pipeline = number('pipeline');
  return {
    replicas: number('replicas') ?? 3,
    mode: given.get('mode') === 'durable' ? 'durable' : 'diskless',
    clients: number('clients') ?? 1,
    ...(checkpointEvery !== undefined && { checkpointEvery }),
    ...(sessions !== undefined && { sessions }),
    ...(pipeline !== undefined && { pipeline }),
  };
}

class Player {
  private world: World;
  private readonly model: Model;

  constructor(world: World) {
    this.world = world;
    this.model = new Model(world);
  }

  outcome(command: string): readonly string[] {
    if (command === 'show') return this.standings();
    if (command === 'run') return this.run();
    const event = eventsIn(this.world).find(
      (other) => eventText(recordOf(this.world.packets, other)) === command,
    );
    if (event === undefined) return [impossible];
    return this.happen(event);
  }

  private run(): readonly string[] {
    const answers: string[] = [];
    for (;;) {
      const event = enabled(this.world).find(({ type }) => type === 'deliver' || type === 'sync');
      if (event === undefined) return answers;
      answers.push(...this.happen(event).filter((line) => /^c\d|breaks/.test(line)));
    }
  }

  private standings(): readonly string[] {
    return this.world.machines.map(({ replica }, number) => {
      if (replica === undefined) return `r${number} is down`;
      const { viewNumber, status, log, commitNumber } = replica;
      return `r${number} v${viewNumber} ${status} n${log.length} k${commitNumber}, log ${logText(log)}`;
    });
  }

  private happen(event: Event): readonly string[] {
    const before = this.world;
    const record = recordOf(before.packets, event);
    this.world = perform(before, event);
    const violation = this.model.follow(before, this.world);
    const frame: Frame = { number: 0, record, event, before, after: this.world };
    const { replicas, clients } = changesOf(frame);
    const changes = (all: typeof replicas, letter: string) =>
      all.flatMap((texts, number) =>
        texts.length === 0 ? [] : [`${letter}${number}: ${texts.map(({ text }) => text).join(', ')}`],
      );
    return [
      ...changes(replicas, 'r'),
      ...changes(clients, 'c'),
      ...sentBy(frame).map(({ name }) => `sends ${name}`),
      ...(violation === undefined ? [] : [`breaks ${violation.property}: ${violation.seen}`]),
    ];
  }
}

/** The events that can happen; of the partitions, those that cut off one replica. */
function eventsIn(world: World): readonly Event[] {
  const copies = world.packets.map((packet): Event => ({ type: 'duplicate', packet }));
  const cuts = world.machines.flatMap((_, number) => {
    const cut = linksAround(world.machines.length, [number], 'both');
    return [true, false].map((loses): Event => ({ type: 'partition', cut, loses }));
  });
  return [...enabled(world), ...copies, ...cuts];
}
