import { grouped } from '../../../impl/terminal/columns.ts';
import type { Ending, Progress } from '../../explore/explore.ts';

/** How far an exploration came, in a line. */
export function exploringLine({ depth, states, transitions, seconds, bytes }: Progress): string {
  const rate = grouped(Math.round(states / Math.max(seconds, 0.001)));
  const memory = (bytes / 2 ** 30).toFixed(2);
  return (
    `Depth ${depth}, ${grouped(states)} states, ${grouped(transitions)} transitions, ` +
    `${seconds.toFixed(1)} s, ${rate} states per second, ${memory} GB`
  );
}

/** What ended an exploration before everything was looked at, in words. */
export const cutShort: Readonly<Record<Exclude<Ending, 'exhausted' | 'violation'>, string>> = {
  depth: 'the depth asked for is reached',
  states: 'there are as many states as asked for',
  seconds: 'the time is up',
  memory: 'the memory is used up',
  interrupted: 'it was interrupted',
};
