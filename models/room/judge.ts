import { check, historyErrorIn } from '../histories/check.ts';
import type { HistoryEvent } from '../histories/events/event.ts';
import { register } from '../histories/sequential/register.ts';
import type { RoomDisk } from './disk.ts';
import type { Machine } from './machine.ts';
import type { RoomNetwork } from './network.ts';
import type { ReplicaMachine } from './replicaMachine.ts';

/** What every run keeps, by name; the gravest first. */
export const roomProperties = {
  linearizable: 'The history of all clients is linearizable, and holds everything that was acknowledged.',
  'answered-in-time': 'Every client is answered within 60 ticks, once all is well: 3 s by default.',
  answered: 'Every client is answered within a minute, once all is well.',
  'promises-handled': 'No promise is rejected without a handler.',
  'servers-well': 'No server fails, sets a good directory aside, or logs an error that is not expected.',
  'requests-end-well': 'Every request ends by its deadline, in a result or in a documented error.',
  bounded: 'No process has more connections, timers or files, or logs more lines, than its peers explain.',
  'all-take-part':
    'Every replica takes part again within a minute, once all is well and its operator did what it said.',
  'copy-set-aside': 'A server sets an earlier copy of its directory aside, once all is well.',
} as const;

/** The name of a property of runs. */
export type RoomProperty = keyof typeof roomProperties;

/** How a run broke a property. */
export interface RoomViolation {
  readonly property: RoomProperty;
  readonly text: string;
}

/** Bounds of the check of a history. */
const effort = { configurations: 1_000_000, steps: 50_000_000 };

/** Why the history is not that of a linearizable store which loses nothing. */
export function historyViolations(history: readonly HistoryEvent[]): readonly string[] {
  const error = historyErrorIn(history, register);
  if (error !== undefined) return [`Event ${error.event} of the history is malformed: ${error.message}.`];
  const { keys } = check(history, register, effort);
  return keys.flatMap(({ key, verdict }) => {
    if (verdict === 'yes') return [];
    const what = verdict === 'no' ? 'no order explains what clients saw' : 'the check met its bounds';
    return [`Key ${JSON.stringify(key)}: ${what}.`];
  });
}

/** The most lines that a server logs in a second, in the mean over a time of rest or of faults. */
const mostLines = 20;
/** So many more at any time, and for each strike. */
const fewLines = 10;
const linesOfStrike = 5;
/** Ticks for which a server may hold the connections of a machine that has vanished. */
const vanishedTicks = 400;
/** The most timers of a process: some for each connection, and for each request. */
const mostTimers = 100;

/** The most files that a server has open at rest. */
const mostFiles = 10;
/** Milliseconds for which a server may hold a connection on which no hello comes. */
const strangeFor = 12_000;

/** What of a room has bounds. */
interface Bounded {
  readonly network: Pick<RoomNetwork, 'openAt' | 'lossesSince' | 'strangeConnectionsOf'>;
  readonly replicas: readonly {
    readonly machine: Machine;
    readonly disk: Pick<RoomDisk, 'openBy'>;
    readonly usualCluster: Pick<ReplicaMachine['usualCluster'], 'connectionLimits'>;
  }[];
  readonly programs: readonly { readonly machine: Machine }[];
}

/** What of a room at rest takes more than it may. */
export function boundViolations(
  { replicas, programs, network }: Bounded,
  now: number,
  tick: number,
): readonly string[] {
  const machines = [...replicas, ...programs].map(({ machine }) => machine);
  // A pair of connections to each other machine, and as many again that are about to end. The same for each that has vanished lately.
  const mostConnections = 4 * (machines.length + network.lossesSince(now - vanishedTicks * tick));
  return [
    ...machines.flatMap(({ name, process }) => {
      const strange = network.strangeConnectionsOf(name);
      const [open, timers] = [network.openAt(name) - strange.length, (process?.timers ?? 0) - strange.length];
      const old = strange.filter(({ age }) => age() > strangeFor);
      return [
        ...(old.length > 0 ? [`${name} keeps ${old.length} connections of strangers.`] : []),
        ...(open > mostConnections ? [`${name} has ${open} connections.`] : []),
        ...(timers > mostTimers ? [`${name} has ${timers} timers.`] : []),
      ];
    }),
    ...replicas.flatMap(({ machine: { name, process, mostWaiting }, disk, usualCluster }) => {
      const files = process === undefined ? 0 : disk.openBy(process);
      return [
        ...(files > mostFiles ? [`${name} has ${files} files open.`] : []),
        ...(mostWaiting > usualCluster.connectionLimits.queue
          ? [`${mostWaiting} bytes waited for one connection of ${name}.`]
          : []),
      ];
    }),
  ];
}

/** Which replicas have logged too much, given the lines of each in so many milliseconds with so many strikes. */
export function logViolations(
  lines: readonly number[],
  duration: number,
  strikes: number,
): readonly string[] {
  const most = fewLines + (mostLines * duration) / 1000 + linesOfStrike * strikes;
  return lines.flatMap((count, number) =>
    count > most ? [`r${number} logged ${count} lines in ${duration.toFixed(0)} ms.`] : [],
  );
}

/** So often a machine may try to connect to each replica in a tick, in the mean: once, and whenever it hears of a start. */
const attemptsInTick = 4;
/** So many more at any time, and for each strike. */
const fewAttempts = 5;

/** Which machines have tried too often to connect, given their attempts at so many replicas in so many ticks with so many strikes. */
export function attemptViolations(
  attempts: ReadonlyMap<string, number>,
  replicas: number,
  ticks: number,
  strikes: number,
): readonly string[] {
  const most = replicas * (attemptsInTick * ticks + fewAttempts * (1 + strikes));
  return [...attempts].flatMap(([name, count]) =>
    count > most ? [`${name} tried ${count} times to connect in ${ticks.toFixed(0)} ticks.`] : [],
  );
}

/** The milliseconds after which a server ends whose disk does not answer, and is replaced. */
const stuckFor = 35_000;
/** The most ticks for which replicas wait for the primary of a view: 32 times 6. */
const viewTicks = 192;

/**
 * By how many milliseconds later than usual clients may be answered, at the end of the faults: a server finds out only after some time
 * that its disk is stuck, and the view whose primary is away is given up last.
 */
export function returnsLaterBy(
  replicas: readonly Pick<ReplicaMachine, 'disk' | 'isAway'>[],
  tick: number,
): number {
  const away = replicas.filter(({ isAway }) => isAway).length;
  return (replicas.some(({ disk }) => disk.isStuck) ? stuckFor : 0) + away * viewTicks * tick;
}

/** Which replicas do not take part in their group, and why. */
export function absences(replicas: readonly Pick<ReplicaMachine, 'absence'>[]): readonly string[] {
  return replicas.flatMap(({ absence }) => (absence === undefined ? [] : [absence]));
}

/** Which replicas serve, and do not say what their operator must mend. */
export function unsaid(replicas: readonly Pick<ReplicaMachine, 'machine' | 'mishaps'>[]): readonly string[] {
  return replicas.flatMap(({ machine, mishaps }) =>
    mishaps.areUnsaid ? [`${machine.name} does not say what its operator must mend.`] : [],
  );
}
