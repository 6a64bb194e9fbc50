import { check, historyErrorIn } from '../histories/check.ts';
import type { HistoryEvent } from '../histories/events/event.ts';
import { register } from '../histories/sequential/register.ts';
import type { Machine } from './machine.ts';
import type { RoomNetwork } from './network.ts';

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

/** The most lines that a server logs in a second, in the mean over a time of rest. */
const mostLines = 20;
/** Milliseconds for which a server may hold the connections of a machine that has vanished. */
const vanishedFor = 20_000;
/** The most timers of a process: some for each connection, and for each request. */
const mostTimers = 100;

/** What of a room has bounds. */
interface Bounded {
  readonly network: Pick<RoomNetwork, 'openAt' | 'lossesSince'>;
  readonly replicas: readonly { readonly machine: Machine }[];
  readonly programs: readonly { readonly machine: Machine }[];
}

/** What of a room at rest takes more than it may. `lines`: logged by each replica between these times. */
export function boundViolations(
  room: Bounded,
  lines: readonly number[],
  { since, now }: { readonly since: number; readonly now: number },
): readonly string[] {
  const { replicas, programs, network } = room;
  const machines = [...replicas, ...programs].map(({ machine }) => machine);
  // A pair of connections to each other machine, and as many again that are about to end. The same for each that has vanished lately.
  const mostConnections = 4 * (machines.length + network.lossesSince(now - vanishedFor));
  return [
    ...machines.flatMap(({ name, process }) => {
      const [open, timers] = [network.openAt(name), process?.timers ?? 0];
      return [
        ...(open > mostConnections ? [`${name} has ${open} connections.`] : []),
        ...(timers > mostTimers ? [`${name} has ${timers} timers.`] : []),
      ];
    }),
    ...lines.flatMap((count, number) =>
      count > 10 + (mostLines * (now - since)) / 1000
        ? [`r${number} logged ${count} lines in ${(now - since).toFixed(0)} ms.`]
        : [],
    ),
  ];
}
