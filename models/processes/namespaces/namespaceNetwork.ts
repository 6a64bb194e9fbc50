import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The addresses of the network: its bridge, on which the clients are, and the servers. */
const bridge = '10.77.0.1';
const addressOf = (server: number): string => `10.77.0.${10 + server}`;

/**
 * A network of Linux, in a namespace that this process has to itself: a bridge, and a namespace for each server, which a pair of virtual
 * Ethernet devices joins to it. The clients are in the namespace of the bridge.
 */
export class NamespaceNetwork {
  readonly hosts: readonly string[];
  private readonly holders: readonly ChildProcess[];

  private constructor(holders: readonly ChildProcess[]) {
    this.holders = holders;
    this.hosts = holders.map((_, server) => addressOf(server));
  }

  /** Makes the network, with a place for each server. */
  static async make(servers: number): Promise<NamespaceNetwork> {
    await run('ip', ['link', 'set', 'lo', 'up']);
    await run('ip', ['link', 'add', 'bridge', 'type', 'bridge']);
    await run('ip', ['addr', 'add', `${bridge}/24`, 'dev', 'bridge']);
    await run('ip', ['link', 'set', 'bridge', 'up']);
    const holders = await Promise.all(Array.from({ length: servers }, holdNamespace));
    const network = new NamespaceNetwork(holders);
    for (const server of network.servers()) await network.plugIn(server);
    return network;
  }

  /** The command that runs a program in the place of a server. */
  within(server: number, command: string, args: readonly string[]) {
    return {
      command: 'nsenter',
      args: [`--net=/proc/${this.holders[server]?.pid}/ns/net`, command, ...args],
    };
  }

  /** From now on packets to these servers, from them, or both, are lost. */
  async lose(servers: readonly number[], directions: readonly ('to' | 'from')[]): Promise<void> {
    for (const server of servers) {
      const address = addressOf(server);
      if (directions.includes('to')) await this.filter(server, []);
      if (!directions.includes('from')) continue;
      for (const other of this.servers()) if (other !== server) await this.filter(other, ['-s', address]);
      await run('iptables', ['-w', '-A', 'INPUT', '-s', address, '-j', 'DROP']);
    }
  }

  /** From now on the packets of all connections of the server that exist now are lost. New connections are not harmed. Yields their number. */
  async loseConnections(server: number): Promise<number> {
    const { stdout } = await this.run(server, 'ss', ['-tnH', 'state', 'established']);
    const ends = stdout.split('\n').flatMap((line) => {
      const [, , local, remote] = line.trim().split(/\s+/);
      return local === undefined || remote === undefined ? [] : [{ local, remote }];
    });
    for (const { local, remote } of ends) {
      const [sport = '', dport = ''] = [remote.split(':').at(-1), local.split(':').at(-1)];
      const [from = '', own = ''] = [remote.split(':')[0], local.split(':')[0]];
      await this.filter(server, ['-p', 'tcp', '-s', from, '--sport', sport, '--dport', dport]);
      const back = ['-p', 'tcp', '-s', own, '--sport', dport, '--dport', sport];
      const other = this.hosts.indexOf(from);
      if (other >= 0) await this.filter(other, back);
      else await run('iptables', ['-w', '-A', 'INPUT', ...back, '-j', 'DROP']);
    }
    return ends.length;
  }

  /** Takes the devices of these servers down, or up again. */
  async setDevices(servers: readonly number[], state: 'up' | 'down'): Promise<void> {
    for (const server of servers) await run('ip', ['link', 'set', `server${server}`, state]);
  }

  /** Ends all faults. */
  async heal(): Promise<void> {
    await run('iptables', ['-w', '-F', 'INPUT']);
    for (const server of this.servers()) await this.run(server, 'iptables', ['-w', '-F', 'INPUT']);
    await this.setDevices(this.servers(), 'up');
  }

  /** Ends the namespaces. */
  end(): void {
    for (const holder of this.holders) holder.kill('SIGKILL');
  }

  private servers(): readonly number[] {
    return this.holders.map((_, server) => server);
  }

  private async plugIn(server: number): Promise<void> {
    const device = `server${server}`;
    const pid = String(this.holders[server]?.pid);
    await run('ip', ['link', 'add', device, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', pid]);
    await run('ip', ['link', 'set', device, 'master', 'bridge', 'up']);
    await this.run(server, 'ip', ['addr', 'add', `${addressOf(server)}/24`, 'dev', 'eth0']);
    for (const own of ['eth0', 'lo']) await this.run(server, 'ip', ['link', 'set', own, 'up']);
  }

  private async filter(server: number, match: readonly string[]): Promise<void> {
    await this.run(server, 'iptables', ['-w', '-A', 'INPUT', ...match, '-j', 'DROP']);
  }

  private run(server: number, command: string, args: readonly string[]) {
    const whole = this.within(server, command, args);
    return run(whole.command, whole.args);
  }
}

/** A process that keeps a network namespace of its own. */
async function holdNamespace(): Promise<ChildProcess> {
  // It says when it is in its namespace.
  const holder = spawn('unshare', ['--net', 'sh', '-c', 'echo; exec sleep 86400'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [first] = await Promise.race([once(holder.stdout, 'data'), once(holder, 'exit')]);
  if (typeof first === 'number') throw new Error(`unshare --net exited with code ${first}.`);
  return holder;
}

/** What runs a program in namespaces of its own, which end with it, however it ends. */
export function inOwnNamespaces(command: string, args: readonly string[]) {
  const isRoot = process.getuid?.() === 0;
  const own = ['--net', '--pid', '--mount', '--mount-proc', '--fork', '--kill-child'];
  return { command: 'unshare', args: [...(isRoot ? [] : ['--map-root-user']), ...own, command, ...args] };
}

/** Why this machine has no such network, in a sentence; undefined if it has. */
export async function namespacesProblem(): Promise<string | undefined> {
  const script =
    'ip link add bridge type bridge && iptables -w -A INPUT -j DROP && command -v nsenter ss prlimit';
  const { command, args } = inOwnNamespaces('sh', ['-c', script]);
  try {
    await run(command, args);
    return undefined;
  } catch (error) {
    const text = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : String(error);
    const told = text === '' ? '' : ` (${text.split('\n')[0]})`;
    return `This machine gives no network namespaces${told}: they take Linux, root or user namespaces, and the programs unshare, nsenter, ip, ss and iptables.`;
  }
}
