import { setTimeout } from 'node:timers/promises';
import { LineEnvironment } from '../../models/processes/lines/lineEnvironment.ts';
import type { NodeMessage } from '../../models/processes/nodes/nodeMessage.ts';
import { resultsOf, type TestResults } from '../../models/processes/results/results.ts';
import { ProcessTest } from '../../models/processes/test/processTest.ts';
import type { TestSettings } from '../../models/processes/test/settings.ts';
import { linKv } from '../../models/processes/workload/linKv.ts';
import { type RequestHandler, VirtualClock, VirtualNodes } from './virtualNodes.ts';

/** Three nodes, three clients, two registers, ten seconds, a perfect network and no faults. */
export const calm: TestSettings = {
  ...{ seed: 1, nodes: 3, concurrency: 3, rate: 50, duration: 10_000, recovery: 5000 },
  networkConditions: { seed: 1, latency: 0, distribution: 'constant', loss: 0, duplication: 0 },
  workload: linKv(2, 1000),
  plan: [],
};

/** A test with a virtual clock and virtual nodes. */
export interface SimulatedTest {
  readonly clock: VirtualClock;
  readonly nodes: VirtualNodes;
  readonly environment: LineEnvironment;
  readonly test: ProcessTest;
  /** The results. `end`: why the test ended early, if it did. */
  readonly results: (end?: unknown) => Promise<TestResults>;
}

export function simulated(settings: TestSettings, handle: RequestHandler, start?: number): SimulatedTest {
  const clock = new VirtualClock();
  const nodes = new VirtualNodes(clock, handle, start);
  const environment = new LineEnvironment(settings, clock, nodes, () => {});
  nodes.environment = environment;
  const test = new ProcessTest(settings, clock, environment);
  return {
    clock,
    nodes,
    environment,
    test,
    results: (end) => resultsOf(test, environment, settings, end),
  };
}

/** A simulated test, run to its end. */
export async function completed(
  settings: TestSettings,
  handle: RequestHandler,
  start?: number,
): Promise<SimulatedTest> {
  const simulation = simulated(settings, handle, start);
  await simulation.clock.until(simulation.test.run(new AbortController().signal));
  return simulation;
}

/** Resolves once the condition holds. Only the test's own limit, against hanging, bounds the wait. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await setTimeout(5);
}

/** A message as a node sends it. */
export function messageFrom(src: string, dest: string, body: unknown): NodeMessage {
  return { src, dest, body, line: JSON.stringify({ src, dest, body }) };
}
