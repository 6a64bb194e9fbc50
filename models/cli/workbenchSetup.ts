import { stringify } from 'yaml';
import { clusterOf } from '../../impl/node/index.ts';
import type { Clock } from '../processes/clock.ts';
import { nameOf } from '../processes/faults/faults.ts';
import { LineEnvironment } from '../processes/lines/lineEnvironment.ts';
import { LineNodes } from '../processes/lines/lineNodes.ts';
import type { NodeListener } from '../processes/lines/nodes.ts';
import { ownNode, type ProgramCommand, rejectionIn } from '../processes/nodes/ownNode.ts';
import type { Store } from '../processes/results/store.ts';
import { ClusterClients } from '../processes/tcp/clusterClients.ts';
import { freePorts } from '../processes/tcp/freePorts.ts';
import { Links } from '../processes/tcp/links.ts';
import { ServerEnvironment } from '../processes/tcp/serverEnvironment.ts';
import { Servers } from '../processes/tcp/servers.ts';
import type { Environment, NodeLifecycle } from '../processes/test/environment.ts';
import type { WorkbenchOptions } from './options/workbench.ts';

/** An environment to test, ready to start. */
interface WorkbenchSetup {
  readonly environment: Environment;
  readonly lifecycle: NodeLifecycle;
  /** Messages that our own nodes have rejected so far because no correct node sends them, as text. */
  readonly rejections: readonly string[];
}

/** Sets up the environment of a test. No node runs yet. `failed` receives a failure that ends the test. */
export function setUp(
  chosen: WorkbenchOptions,
  store: Store,
  clock: Clock,
  failed: (failure: Error) => void,
): Promise<WorkbenchSetup> {
  return chosen.transport === 'tcp'
    ? setUpServers(chosen, store, clock, failed)
    : setUpLines(chosen, store, clock, failed);
}

async function setUpLines(
  chosen: WorkbenchOptions,
  store: Store,
  clock: Clock,
  failed: (failure: Error) => void,
): Promise<WorkbenchSetup> {
  const { command, settings, tick } = chosen;
  const args = tick === undefined ? chosen.args : [...chosen.args, '--tick', String(tick)];
  const program = command === undefined ? await ownNode('maelstrom', chosen) : { command, args: [] };
  const listener: NodeListener = {
    message: (node, message) => environment.receive(node, message),
    failure: failed,
  };
  const programOf = (name: string) => programFor(program, args, name, store);
  const { rejections, stderrLine } = stderrReader(chosen);
  const nodes = new LineNodes(settings.nodes, programOf, listener, stderrLine);
  const environment = new LineEnvironment(
    settings,
    clock,
    nodes,
    chosen.logMessages ? store.journal(clock) : () => {},
  );
  return { environment, lifecycle: nodes, rejections };
}

async function setUpServers(
  chosen: WorkbenchOptions,
  store: Store,
  clock: Clock,
  failed: (failure: Error) => void,
): Promise<WorkbenchSetup> {
  const { settings, tick } = chosen;
  const program = await ownNode('server', chosen);
  const ports = await freePorts(settings.nodes);
  const links = new Links(ports, settings.networkConditions, clock);
  const reached = await links.open();
  const addresses = ports.map((port) => ({ host: '127.0.0.1', port }));
  const cluster = clusterOf(addresses, tick === undefined ? {} : { tick });
  const programOf = (node: number) => {
    const replicas_addresses = (reached[node] ?? []).map((port) => `127.0.0.1:${port}`);
    const config = store.writeConfig(
      nameOf(node),
      stringify({ replicas_addresses, tick_milliseconds: cluster.tick }),
    );
    const traced = chosen.trace ? ['--trace', store.trace(nameOf(node))] : [];
    const args = ['--config', config, '--index', String(node), ...traced, ...chosen.args];
    return programFor(program, args, nameOf(node), store);
  };
  const { rejections, stderrLine } = stderrReader(chosen);
  const servers = new Servers(cluster, programOf, failed, stderrLine);
  const clients = new ClusterClients(cluster, settings.workload.timeout, failed);
  const environment = new ServerEnvironment(servers, links, clients);
  return { environment, lifecycle: environment, rejections };
}

function programFor(program: ProgramCommand, args: readonly string[], name: string, store: Store) {
  return { ...program, args: [...program.args, ...args], data: store.data(name), log: store.log(name) };
}

interface StderrReader {
  readonly rejections: readonly string[];
  readonly stderrLine: (name: string, line: string) => void;
}

/** Reads the standard error of all nodes. It recognises rejections of our own nodes only. */
function stderrReader({ logStderr, command }: WorkbenchOptions): StderrReader {
  const rejections: string[] = [];
  const stderrLine = (name: string, line: string): void => {
    if (logStderr) process.stderr.write(`${name}: ${line}\n`);
    const rejection = command === undefined ? rejectionIn(line) : undefined;
    if (rejection !== undefined) rejections.push(`${name}: ${rejection}`);
  };
  return { rejections, stderrLine };
}
