/** The link on which messages go from one replica to another. */
export type Link = readonly [from: number, to: number];

/** What is cut around a side: both directions, or only the links into it, or only those out of it. */
export type Direction = 'both' | 'in' | 'out';

/** Every link between the replicas of the side and the others of a group of this size. */
export function linksAround(size: number, side: readonly number[], direction: Direction): readonly Link[] {
  const others = replicasOf(size).filter((replica) => !side.includes(replica));
  return side.flatMap((inside) =>
    others.flatMap((outside): Link[] => [
      ...(direction === 'out' ? [] : [[outside, inside] as const]),
      ...(direction === 'in' ? [] : [[inside, outside] as const]),
    ]),
  );
}

/** Every link between two different replicas of a group of this size. */
export function allLinks(size: number): readonly Link[] {
  return replicasOf(size).flatMap((from) =>
    replicasOf(size).flatMap((to): Link[] => (from === to ? [] : [[from, to]])),
  );
}

/** By receiver in a group of this size, the set of senders (as bits) whose links to it are among these. */
export function sendersByReceiver(size: number, links: readonly Link[]): readonly number[] {
  const senders = replicasOf(size).map(() => 0);
  for (const [from, to] of links) senders[to] = (senders[to] ?? 0) | (1 << from);
  return senders;
}

/** The links as text: `r0→r1`, and `r0↔r1` for two that connect the same replicas. */
export function linksText(links: readonly Link[]): string {
  const has = (from: number, to: number) => links.some(([one, other]) => one === from && other === to);
  return links
    .flatMap(([from, to]) => {
      if (!has(to, from)) return [`r${from}→r${to}`];
      return from < to ? [`r${from}↔r${to}`] : [];
    })
    .join(' ');
}

function replicasOf(size: number): readonly number[] {
  return Array.from({ length: size }, (_, replica) => replica);
}
