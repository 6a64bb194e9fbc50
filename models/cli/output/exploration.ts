import { grouped } from '../../../impl/terminal/columns.ts';
import type { ExplorationEnding, ExplorationProgress } from '../../explore/explore.ts';

/** How far an exploration has come, in a line. */
export function exploringLine({ depth, states, transitions, seconds, bytes }: ExplorationProgress): string {
  const rate = grouped(Math.round(states / Math.max(seconds, 0.001)));
  const memory = (bytes / 2 ** 30).toFixed(2);
  return (
    `Depth ${depth}, ${grouped(states)} states, ${grouped(transitions)} transitions, ` +
    `${seconds.toFixed(1)} s, ${rate} states per second, ${memory} GB`
  );
}

/** The limit that ended an exploration, in words. */
export const cutShort: Readonly<Record<Exclude<ExplorationEnding, 'exhausted' | 'violation'>, string>> = {
  depth: 'the depth asked for is reached',
  states: 'the number of states asked for is reached',
  seconds: 'the time is up',
  memory: 'the memory is used up',
  interrupted: 'it was interrupted',
};
