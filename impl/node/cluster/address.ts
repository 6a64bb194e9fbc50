/** The address at which a replica listens. */
export interface Address {
  /** A name or an IP address; IPv6 without brackets. */
  readonly host: string;
  /** From 0 to 65,535. Where a server listens, 0 stands for any free port; no member of a group has it. */
  readonly port: number;
}

/** Parses `host:port`, with an IPv6 host in brackets; undefined if the text is no address. */
export function parseAddress(text: string): Address | undefined {
  const [, bracketed, plain, digits] =
    /^(?:\[([0-9a-fA-F:.]+(?:%[^\s:[\]]+)?)\]|([^\s:[\]]+)):(\d{1,5})$/.exec(text.trim()) ?? [];
  const host = bracketed ?? plain;
  const port = Number(digits);
  return host === undefined || port > 65_535 ? undefined : { host, port };
}

/** The address as `host:port`, with an IPv6 host in brackets. */
export function formatAddress({ host, port }: Address): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Why a text is no address of a member, in part of a sentence that says what to do; undefined if it is one. */
export function memberTextProblem(text: string): string | undefined {
  const address = parseAddress(text);
  return address === undefined
    ? `${JSON.stringify(text)} is no address: write host:port, with a port from 1 to 65535, and an IPv6 address in brackets`
    : memberProblem(address);
}

/** Why no member of a group can have this address, in part of a sentence that says what to do; undefined if one can. */
function memberProblem({ host, port }: Address): string | undefined {
  const text = formatAddress({ host, port });
  if (port === 0)
    return `${text} has port 0, which stands for any free one: give the port at which the others find this replica`;
  if (host.includes('%'))
    return `${text} has a scope, ${host.slice(host.indexOf('%'))}, which means something on one machine only: give an address that all machines know`;
  const canonical = canonicalHost(host);
  if (canonical === undefined) return `${host} is no name and no IP address`;
  if (unspecified.has(canonical))
    return `${text} stands for all addresses of a machine: give one at which the other servers and the clients find this replica`;
  return undefined;
}

/** IPv4, IPv6, and IPv4 within IPv6. */
const unspecified = new Set(['0.0.0.0', '[::]', '[::ffff:0:0]']);

/** The host in one of its spellings; undefined if it has the form of an IP address, and is none, or cannot be the name of a host. */
function canonicalHost(host: string): string | undefined {
  try {
    return new URL(`http://${host.includes(':') ? `[${host}]` : host}/`).hostname;
  } catch {
    return undefined;
  }
}

/** What is wrong with the addresses of a group's members, in part of a sentence that says what to do; undefined if nothing is. */
export function membersProblem(addresses: readonly Address[]): string | undefined {
  const seen = new Map<string, number>();
  for (const [number, address] of addresses.entries()) {
    const problem = memberProblem(address);
    if (problem !== undefined) return `replica ${number}: ${problem}`;
    const text = `${canonicalHost(address.host)}:${address.port}`;
    const other = seen.get(text);
    if (other !== undefined)
      return `replicas ${other} and ${number} both have the address ${formatAddress(address)}: give each its own`;
    seen.set(text, number);
  }
  return undefined;
}
