import { readFileSync } from 'node:fs';

/**
 * The most descriptors, of files and connections, that this process may hold: what `ulimit -n` shows. Node raises it, when it starts, as
 * far as the process may. Infinity: there is no limit, or it cannot be told.
 */
export const mostDescriptors = limitIn(textOfLimits()) ?? Number.POSITIVE_INFINITY;

/** The soft limit of open files in what Linux tells of a process. */
export function limitIn(limits: string): number | undefined {
  const [, soft] = /^Max open files +(\d+)/m.exec(limits) ?? [];
  return soft === undefined ? undefined : Number(soft);
}

/** Systems other than Linux have no such file. */
function textOfLimits(): string {
  try {
    return readFileSync('/proc/self/limits', 'utf8');
  } catch {
    return '';
  }
}
