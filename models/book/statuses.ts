import type { ActionName } from '../../spec/protocol/index.ts';

/** The statuses of a replica, as the paper names them, and `down`. A replica that is `up` is one of the first two. */
export type Status = 'normal' | 'view-change' | 'recovering' | 'down';

/** A step that changes the status of its replica. */
interface StatusChange {
  readonly from: Status;
  readonly to: Status;
  readonly action: ActionName;
  /** In a few words, when the action leads there. */
  readonly when: string;
}

/** Every change of a status. A test explores the specification, and finds these and no others. */
export const statusChanges: readonly StatusChange[] = [
  {
    from: 'normal',
    to: 'view-change',
    action: 'enter-view',
    when: 'suspects the primary, or hears of a later view',
  },
  {
    from: 'view-change',
    to: 'normal',
    action: 'start-view',
    when: 'is the new primary and has the votes of a quorum',
  },
  { from: 'view-change', to: 'normal', action: 'adopt', when: 'has the log of the new view' },
  { from: 'normal', to: 'down', action: 'crash', when: 'at any moment' },
  { from: 'view-change', to: 'down', action: 'crash', when: 'at any moment' },
  { from: 'recovering', to: 'down', action: 'crash', when: 'at any moment' },
  { from: 'normal', to: 'down', action: 'lose-storage', when: 'at any moment' },
  { from: 'view-change', to: 'down', action: 'lose-storage', when: 'at any moment' },
  { from: 'recovering', to: 'down', action: 'lose-storage', when: 'at any moment' },
  {
    from: 'down',
    to: 'normal',
    action: 'restart',
    when: 'has its log, of the view on its disk, and is a backup there',
  },
  {
    from: 'down',
    to: 'view-change',
    action: 'restart',
    when: 'has its log, and had moved to a later view, or was the primary',
  },
  { from: 'down', to: 'recovering', action: 'restart', when: 'has no log' },
  { from: 'recovering', to: 'normal', action: 'recover', when: 'f + 1 others have answered' },
];

/** The state diagram of the statuses, for pages that show mermaid. */
export function statusMermaid(): string {
  const lines = ['stateDiagram-v2', '  [*] --> normal'];
  for (const { from, to, actions } of arrows())
    lines.push(`  ${idOf(from)} --> ${idOf(to)}: ${actions.join(', ')}`);
  return lines.join('\n');
}

/** The statuses with an arrow between them, and the actions that lead along it. */
function arrows(): readonly {
  readonly from: Status;
  readonly to: Status;
  readonly actions: readonly string[];
}[] {
  const keys = [...new Set(statusChanges.map(({ from, to }) => `${from} ${to}`))];
  return keys.flatMap((key) => {
    const same = statusChanges.filter(({ from, to }) => `${from} ${to}` === key);
    const [first] = same;
    return first === undefined
      ? []
      : [{ from: first.from, to: first.to, actions: same.map(({ action }) => action) }];
  });
}

/** Mermaid takes a hyphen in a name for a part of an arrow. */
function idOf(status: Status): string {
  return status.replace('-', '_');
}

/** The middles of the boxes in the drawing. */
const places: Readonly<Record<Status, readonly [x: number, y: number]>> = {
  normal: [130, 60],
  'view-change': [530, 60],
  down: [330, 220],
  recovering: [330, 360],
};

/** Where the words of each arrow stand. */
const labels: Readonly<Record<string, readonly [x: number, y: number]>> = {
  'normal view-change': [330, 24],
  'view-change normal': [330, 88],
  'normal down': [256, 128],
  'view-change down': [478, 160],
  'recovering down': [292, 294],
  'down normal': [176, 160],
  'down view-change': [404, 128],
  'down recovering': [372, 294],
  'recovering normal': [60, 250],
};

/** The same diagram as a drawing, for pages that load nothing. */
export function statusSvg(): string {
  const boxes = Object.entries(places).map(
    ([name, [x, y]]) =>
      `<rect x="${x - 62}" y="${y - 19}" width="124" height="38" rx="19"/><text x="${x}" y="${y + 5}">${name}</text>`,
  );
  const lines = arrows().map(({ from, to, actions }) => {
    const place = labels[`${from} ${to}`];
    if (place === undefined) throw new Error(`The drawing has no place for the arrow from ${from} to ${to}.`);
    const [x, y] = place;
    return `<path d="${pathOf(from, to)}" marker-end="url(#head)"/><text class="label" x="${x}" y="${y}">${actions.join(', ')}</text>`;
  });
  return [
    '<svg class="statuses" viewBox="0 0 660 400" role="img" aria-label="The statuses of a replica">',
    '<defs><marker id="head" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L10 5L0 10z"/></marker></defs>',
    ...lines,
    ...boxes,
    '</svg>',
  ].join('\n');
}

/** An arrow from one box to another, a little to the side, so that two that run against each other stay apart. */
function pathOf(from: Status, to: Status): string {
  const [x1, y1] = places[from];
  const [x2, y2] = places[to];
  // Past the box of `down`.
  if (from === 'recovering' && to === 'normal') return 'M268 360C90 350 60 200 100 81';
  const length = Math.hypot(x2 - x1, y2 - y1);
  const [dx, dy] = [(x2 - x1) / length, (y2 - y1) / length];
  const aside = -9;
  const out = distanceToEdge(dx, dy);
  const points = [
    [x1 + dx * out - dy * aside, y1 + dy * out + dx * aside],
    [x2 - dx * out - dy * aside, y2 - dy * out + dx * aside],
  ];
  return points
    .map(([x = 0, y = 0], index) => `${index === 0 ? 'M' : 'L'}${x.toFixed(0)} ${y.toFixed(0)}`)
    .join('');
}

/** How far it is from the middle of a box to its edge, in this direction. */
function distanceToEdge(dx: number, dy: number): number {
  return Math.min(70 / Math.abs(dx || 1e-9), 28 / Math.abs(dy || 1e-9));
}
