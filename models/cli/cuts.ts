import { delays } from '../../impl/index.ts';
import { runCommand } from '../../impl/terminal/arguments.ts';
import { grouped } from '../../impl/terminal/columns.ts';
import { wholeNumber } from '../../impl/terminal/optionValues.ts';
import { Progress, watchForInterrupt } from '../../impl/terminal/terminal.ts';
import { loadImplementation } from '../mutants/load.ts';
import { ticksUntilServed } from '../runs/liveness/standingCut.ts';
import { allLinks, type Link, linksText } from '../world/links.ts';
import { ruleChangeGiven } from './options/mutants.ts';

interface Wait {
  readonly ticks: number;
  readonly cut: readonly Link[];
}

await runCommand(
  {
    command: 'npm run cuts',
    summary:
      'Cuts every set of links between replicas, for good, and makes one request. Wherever one replica still exchanges messages\n' +
      'with a quorum, the request must be answered. Prints the longest wait, in ticks and in failure timeouts.\n' +
      'Exit codes: 0 every request was answered, 1 one was not, 2 usage.',
    options: {
      replicas: { type: 'string', value: 'N', default: '3', help: 'the size of the group, 2 to 5' },
      both: { type: 'boolean', help: 'cut links in both directions only' },
      mutant: { type: 'string', value: 'NAME', help: 'the implementation without one rule' },
    },
  },
  async ({ values }) => {
    const replicas = wholeNumber('--replicas', values.replicas, { min: 2, max: 5 });
    const mutant = values.mutant === undefined ? undefined : ruleChangeGiven(values.mutant);
    const implementation = await loadImplementation(mutant);
    const interrupted = watchForInterrupt();
    const progress = new Progress();
    const setup = { replicas, mode: 'durable', clients: 1 } as const;
    const units = unitsOf(replicas, values.both === true);
    const total = 2 ** units.length;
    let longest: Wait = { ticks: 0, cut: [] };
    let [connected, tried] = [0, 0];
    for (; tried < total && !interrupted(); tried++) {
      const cut = units.filter((_, index) => (tried >>> index) & 1).flat();
      const ticks = ticksUntilServed(implementation, setup, cut);
      if (ticks !== undefined) connected++;
      if (ticks !== undefined && ticks > longest.ticks) longest = { ticks, cut };
      if (longest.ticks === Infinity) break;
      progress.show(() => `${grouped(tried)} of ${grouped(total)} sets of links`);
      if (tried % 1000 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    progress.clear();
    const where = `${replicas} replicas, cut ${linksText(longest.cut)}`;
    if (longest.ticks === Infinity) {
      console.log(`A request is never answered: ${where}.`);
      return 1;
    }
    console.log(
      `${grouped(tried)} of ${grouped(total)} sets of cut links, in ${grouped(connected)} of which one replica exchanges messages with a quorum.\n` +
        `Every request was answered there, after at most ${longest.ticks} ticks, ${(longest.ticks / delays.suspect).toFixed(1)} failure timeouts: ${where}.`,
    );
    return interrupted() ? 130 : 0;
  },
);

/** What is cut or not, each by itself: single links, or both links between two replicas. */
function unitsOf(replicas: number, both: boolean): readonly (readonly Link[])[] {
  const links = allLinks(replicas);
  if (!both) return links.map((link) => [link]);
  return links
    .filter(([from, to]) => from < to)
    .map(([from, to]) => [[from, to] as const, [to, from] as const]);
}
