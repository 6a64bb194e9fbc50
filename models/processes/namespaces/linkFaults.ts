import type { NamespaceNetwork } from './namespaceNetwork.ts';

/** The servers, and which of them is the primary. */
interface Target {
  readonly primary: number;
  readonly all: readonly number[];
}

type LinkFault = (network: NamespaceNetwork, target: Target) => Promise<unknown>;

/** The faults of a network that connections may survive, by their names. */
export const linkFaults = {
  /** A firewall drops all packets from and to the primary. */
  drop: (network, { primary }) => network.lose([primary], ['to', 'from']),
  /** It drops those to the primary, which is heard and hears nothing. */
  deaf: (network, { primary }) => network.lose([primary], ['to']),
  /** It drops those from the primary. */
  mute: (network, { primary }) => network.lose([primary], ['from']),
  /** The link of the primary is down. */
  down: (network, { primary }) => network.setDevices([primary], 'down'),
  /** The firewall at the primary has forgotten all connections, and drops their packets. New ones pass. */
  established: (network, { primary }) => network.loseConnections(primary),
  /** It drops all packets of all servers. */
  'drop-all': (network, { all }) => network.lose(all, ['to']),
  /** The links of all servers are down. */
  'down-all': (network, { all }) => network.setDevices(all, 'down'),
} satisfies Readonly<Record<string, LinkFault>>;

/** The name of a fault. */
export type LinkFaultKind = keyof typeof linkFaults;

/** Whether a majority of the servers reaches the clients and each other during the fault. */
export function leavesMajority(kind: LinkFaultKind): boolean {
  return kind !== 'drop-all' && kind !== 'down-all';
}
