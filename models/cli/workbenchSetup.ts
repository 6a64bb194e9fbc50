import { stringify } from 'yaml';
import { clusterOf } from '../../impl/node/index.ts';
import { freePorts } from '../bench/cluster/freePorts.ts';
import type { Clock } from '../processes/clock.ts';
import type { Company, Environment } from '../processes/environment.ts';
import { nameOf } from '../processes/faults.ts';
import { LineEnvironment } from '../processes/lineEnvironment.ts';
import type { Listener } from '../processes/nodes.ts';
import { ownNode, type Program, rejectionIn } from '../processes/ownNode.ts';
import { Processes } from '../processes/processes.ts';
import type { Store } from '../processes/store.ts';
import { ClusterClients } from '../processes/tcp/clusterClients.ts';
import { Links } from '../processes/tcp/links.ts';
import { ServerEnvironment } from '../processes/tcp/serverEnvironment.ts';
import { Servers } from '../processes/tcp/servers.ts';
import type { Asked } from './options/workbench.ts';

/** Where a test takes place, and who takes part. */
export interface Cast {
  readonly environment: Environment;
  readonly company: Company;
  /** What our own nodes said, so far, of messages that no correct node can have sent. */
  readonly refusals: readonly string[];
}

/** Makes all that the test that was asked for needs. Nothing runs yet. `failed` is told what ends the test. */
export function castFor(
  asked: Asked,
  store: Store,
  clock: Clock,
  failed: (failure: Error) => void,
): Promise<Cast> {
  return asked.transport === 'tcp'
    ? serverCast(asked, store, clock, failed)
    : lineCast(asked, store, clock, failed);
}

async function lineCast(
  asked: Asked,
  store: Store,
  clock: Clock,
  failed: (failure: Error) => void,
): Promise<Cast> {
  const { command, settings, tick } = asked;
  const args = tick === undefined ? asked.args : [...asked.args, '--tick', String(tick)];
  const program = command === undefined ? await ownNode('maelstrom', asked) : { command, args: [] };
  const listener: Listener = {
    message: (node, message) => environment.receive(node, message),
    failure: failed,
  };
  const programOf = (name: string) => placed(program, args, name, store);
  const { refusals, complaint } = hearing(asked);
  const company = new Processes(settings.nodes, programOf, listener, complaint);
  const environment = new LineEnvironment(
    settings,
    clock,
    company,
    asked.logMessages ? store.journal(clock) : () => {},
  );
  return { environment, company, refusals };
}

async function serverCast(
  asked: Asked,
  store: Store,
  clock: Clock,
  failed: (failure: Error) => void,
): Promise<Cast> {
  const { settings, tick } = asked;
  const program = await ownNode('server', asked);
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
    const args = ['--config', config, '--index', String(node), ...asked.args];
    return placed(program, args, nameOf(node), store);
  };
  const { refusals, complaint } = hearing(asked);
  const servers = new Servers(cluster, programOf, failed, complaint);
  const clients = new ClusterClients(cluster, settings.workload.timeout, failed);
  const environment = new ServerEnvironment(servers, links, clients);
  return { environment, company: environment, refusals };
}

function placed(program: Program, args: readonly string[], name: string, store: Store) {
  return { ...program, args: [...program.args, ...args], data: store.data(name), log: store.log(name) };
}

interface Hearing {
  readonly refusals: readonly string[];
  readonly complaint: (name: string, line: string) => void;
}

/** Listens to the standard error of all nodes. Only of our own is it known what the words mean. */
function hearing({ logStderr, command }: Asked): Hearing {
  const refusals: string[] = [];
  const complaint = (name: string, line: string): void => {
    if (logStderr) process.stderr.write(`${name}: ${line}\n`);
    const refusal = command === undefined ? rejectionIn(line) : undefined;
    if (refusal !== undefined) refusals.push(`${name}: ${refusal}`);
  };
  return { refusals, complaint };
}
