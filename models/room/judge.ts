import { check, historyErrorIn } from '../histories/check.ts';
import type { HistoryEvent } from '../histories/events/event.ts';
import { register } from '../histories/sequential/register.ts';
import type { Machine } from './machine.ts';
import type { RoomNetwork } from './network.ts';

/** What every run keeps, by name; the gravest first. */
export const roomProperties = {
  linearizable: 'The history of all clients is linearizable, and holds everything that was acknowledged.',
  'answered-in-time': 'Every client is answered within 60 ticks, once all is well: 3 s by default.',
  answered: 'Every client is answered within a minute, once all is well.',
  'promises-handled': 'No promise is rejected without a handler.',
  'servers-well': 'No server fails, sets a good directory aside, or logs an error that is not expected.',
  'requests-end-well': 'Every request ends by its deadline, in a result or in a documented error.',
  bounded: 'No process has more connections or timers, or logs more lines, than its peers explain.',
  'copy-set-aside': 'A server sets an earlier copy of its directory aside within 10 s, once all is well.',
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

/** What of a room has bounds. */
interface Bounded {
  readonly network: Pick<RoomNetwork, 'openAt' | 'lossesSince'>;
  readonly replicas: readonly { readonly machine: Machine }[];
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
  return machines.flatMap(({ name, process }) => {
    const [open, timers] = [network.openAt(name), process?.timers ?? 0];
    return [
      ...(open > mostConnections ? [`${name} has ${open} connections.`] : []),
      ...(timers > mostTimers ? [`${name} has ${timers} timers.`] : []),
    ];
  });
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
