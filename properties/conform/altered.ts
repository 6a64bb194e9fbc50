import type { Line } from '../../models/conform/format/line.ts';

export type Traces = readonly (readonly Line[])[];

/** The traces with one line replaced: the first of this replica that is chosen. */
export function replaced(
  traces: Traces,
  replica: number,
  isChosen: (line: Line) => boolean,
  change: (line: Line) => Line,
): Traces {
  const lines = traces[replica] ?? [];
  const index = lines.findIndex(isChosen);
  const line = lines[index];
  if (line === undefined) throw new Error('There is no such line.');
  return traces.with(replica, lines.with(index, change(line)));
}

/** The traces without the results of entries. */
export function untold(traces: Traces): Traces {
  return traces.map((lines) => lines.map(({ executed: _, ...line }) => line));
}

export const sends =
  (type: string) =>
  ({ sent = [] }: Line): boolean =>
    sent.some(({ message }) => message.type === type);
export const receives =
  (type: string) =>
  ({ event }: Line): boolean =>
    event.type === 'message' && event.message.type === type;
export const restarts = ({ event, step }: Line, index: number): boolean =>
  event.type === 'start' && step === 0 && index > 0;

export function messageChanged(line: Line, type: string, change: object): Line {
  const sent = (line.sent ?? []).map(({ message, ...to }) =>
    message.type === type ? { ...to, message: { ...message, ...change } } : { ...to, message },
  );
  return { ...line, sent };
}
