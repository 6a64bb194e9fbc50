/** The address at which a replica listens. */
export interface Address {
  /** A name or an IP address; IPv6 without brackets. */
  readonly host: string;
  /** From 0 to 65,535. Where a server listens, 0 stands for any free port. */
  readonly port: number;
}

/** Parses `host:port`, with an IPv6 host in brackets; undefined if the text is no address. */
export function parseAddress(text: string): Address | undefined {
  const [, bracketed, plain, digits] =
    /^(?:\[([0-9a-fA-F:.]+)\]|([^\s:[\]]+)):(\d{1,5})$/.exec(text.trim()) ?? [];
  const host = bracketed ?? plain;
  const port = Number(digits);
  return host === undefined || port > 65_535 ? undefined : { host, port };
}

/** The address as `host:port`, with an IPv6 host in brackets. */
export function formatAddress({ host, port }: Address): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Which two replicas have the same address, in part of a sentence that says what to do; undefined if all differ. */
export function sharedAddress(addresses: readonly Address[]): string | undefined {
  const seen = new Map<string, number>();
  for (const [number, address] of addresses.entries()) {
    const text = formatAddress(address).toLowerCase();
    const other = seen.get(text);
    if (other !== undefined)
      return `replicas ${other} and ${number} both have the address ${formatAddress(address)}: give each its own`;
    // Port 0 stands for any free one.
    if (address.port !== 0) seen.set(text, number);
  }
  return undefined;
}
