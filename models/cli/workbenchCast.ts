import { clusterOf } from '../../impl/node/index.ts';
import { freePorts } from '../bench/cluster/freePorts.ts';
import type { Clock } from '../workbench/clock.ts';
import { nameOf } from '../workbench/faults.ts';
import { LineStage } from '../workbench/lineStage.ts';
import type { Listener } from '../workbench/nodes.ts';
import { ownNode, type Program } from '../workbench/ownNode.ts';
import { Processes } from '../workbench/processes.ts';
import type { Company, Stage } from '../workbench/stage.ts';
import type { Store } from '../workbench/store.ts';
import { ClusterClients } from '../workbench/tcp/clusterClients.ts';
import { Links } from '../workbench/tcp/links.ts';
import { ServerStage } from '../workbench/tcp/serverStage.ts';
import { Servers } from '../workbench/tcp/servers.ts';
import type { Asked } from './workbenchOptions.ts';

/** Where a trial takes place, and who takes part. */
export interface Cast {
  readonly stage: Stage;
  readonly company: Company;
}

/** Makes all that the trial that was asked for needs. Nothing runs yet. `failed` is told what ends the trial. */
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
  const { command, removal, settings } = asked;
  const program = command === undefined ? await ownNode('maelstrom', removal) : { command, args: [] };
  const listener: Listener = { message: (node, message) => stage.receive(node, message), failure: failed };
  const programOf = (name: string) => placed(program, asked.args, name, store);
  const company = new Processes(settings.nodes, programOf, listener, complaints(asked));
  const stage = new LineStage(settings, clock, company, asked.logMessages ? store.journal(clock) : () => {});
  return { stage, company };
}

async function serverCast(
  asked: Asked,
  store: Store,
  clock: Clock,
  failed: (failure: Error) => void,
): Promise<Cast> {
  const { settings, removal } = asked;
  const program = await ownNode('server', removal);
  const ports = await freePorts(settings.nodes);
  const links = new Links(ports, settings.weather, clock);
  const reached = await links.open();
  const cluster = clusterOf(ports.map((port) => ({ host: '127.0.0.1', port })));
  const programOf = (node: number) => {
    const members = (reached[node] ?? []).map((port) => `127.0.0.1:${port}`).join();
    const args = ['--members', members, '--index', String(node), ...asked.args];
    return placed(program, args, nameOf(node), store);
  };
  const servers = new Servers(cluster, programOf, failed, complaints(asked));
  const clients = new ClusterClients(cluster, settings.workload.timeout, failed);
  const stage = new ServerStage(servers, links, clients);
  return { stage, company: stage };
}

function placed(program: Program, args: readonly string[], name: string, store: Store) {
  return { ...program, args: [...program.args, ...args], data: store.data(name), log: store.log(name) };
}

function complaints({ logStderr }: Asked): (name: string, line: string) => void {
  return (name, line) => {
    if (logStderr) process.stderr.write(`${name}: ${line}\n`);
  };
}
