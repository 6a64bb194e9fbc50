import { setTimeout } from 'node:timers/promises';
import { LineEnvironment } from '../../models/processes/lines/lineEnvironment.ts';
import type { NodeMessage } from '../../models/processes/nodes/nodeMessage.ts';
import { resultsOf, type TestResults } from '../../models/processes/results/results.ts';
import { ProcessTest } from '../../models/processes/test/processTest.ts';
import type { TestSettings } from '../../models/processes/test/settings.ts';
import { linKv } from '../../models/processes/workload/linKv.ts';
import { type Answer, VirtualClock, VirtualNodes } from './virtualNodes.ts';

/** Three nodes, three clients, two registers, ten seconds, fair network conditions and no faults. */
export const calm: TestSettings = {
  ...{ seed: 1, nodes: 3, concurrency: 3, rate: 50, duration: 10_000, recovery: 5000 },
  networkConditions: { seed: 1, latency: 0, distribution: 'constant', loss: 0, duplication: 0 },
  workload: linKv(2, 1000),
  plan: [],
};

/** A test in a time and with nodes that are not real. */
export interface Setting {
  readonly clock: VirtualClock;
  readonly nodes: VirtualNodes;
  readonly environment: LineEnvironment;
  readonly processTest: ProcessTest;
  /** What came of it. `end`: why it ended before its time, if it did. */
  readonly results: (end?: unknown) => Promise<TestResults>;
}

export function settingOf(settings: TestSettings, answer: Answer, start?: number): Setting {
  const clock = new VirtualClock();
  const nodes = new VirtualNodes(clock, answer, start);
  const environment = new LineEnvironment(settings, clock, nodes, () => {});
  nodes.environment = environment;
  const processTest = new ProcessTest(settings, clock, environment);
  return {
    clock,
    nodes,
    environment,
    processTest,
    results: (end) => resultsOf(processTest, environment, settings, end),
  };
}

/** Runs a test to its end. */
export async function tried(settings: TestSettings, answer: Answer, start?: number): Promise<Setting> {
  const setting = settingOf(settings, answer, start);
  await setting.clock.until(setting.processTest.run(new AbortController().signal));
  return setting;
}

/** Waits until it is so. The test has its own limit. */
export async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await setTimeout(5);
}

/** A message as a node would send it. */
export function messageFrom(src: string, dest: string, body: unknown): NodeMessage {
  return { src, dest, body, line: JSON.stringify({ src, dest, body }) };
}
