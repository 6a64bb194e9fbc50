import { isSame, Log, type Replica, type Stored } from '../../spec/protocol/index.ts';
import type { Line, TracedStorage } from './format/line.ts';
import { contradiction, type Problem } from './problem.ts';

/** What a trace says of its replica. */
export interface Account {
  readonly status: Line['status'];
  readonly viewNumber: number;
  readonly lastNormalView: number;
  readonly commitNumber: number;
  readonly log: Replica['log'];
  readonly stored: TracedStorage | null;
}

/** What no line may say after the one before. */
export function misplacedIn(
  { event, status, stored, sent = [] }: Line,
  before: Account | undefined,
): Problem | undefined {
  if (event.type === 'message' && event.from === undefined && event.message.type !== 'REQUEST')
    return contradiction(event.message.type, 'The line does not say which replica has sent it.');
  const isActive =
    (status !== undefined && status !== 'halted') || sent.some(({ message }) => message.type !== 'OTHER');
  if (event.type !== 'start' && before?.status === 'halted' && isActive)
    return contradiction('status', 'A replica that has stopped for good goes on.');
  const holds = stored === undefined ? before?.stored : stored;
  if ((status ?? before?.status) === 'outside' && holds !== null && holds !== undefined)
    return contradiction('status', 'It takes no part in its group, and its storage says that it does.');
  if (event.type !== 'start' && stored === null && before?.stored !== null)
    return contradiction('stored', 'A running replica loses its storage, which only a start can tell.');
  return event.type !== 'start' && status === 'outside' && before?.status !== 'outside'
    ? contradiction('status', 'A member of the group leaves it, which only the loss of its storage can do.')
    : undefined;
}

/** What the trace says of the replica after the line. */
export function accountAfter(before: Account | undefined, line: Line, log: Account['log']): Account {
  return {
    status: line.status ?? before?.status,
    viewNumber: line.viewNumber ?? before?.viewNumber ?? 0,
    lastNormalView: line.lastNormalView ?? before?.lastNormalView ?? 0,
    commitNumber: line.commitNumber ?? before?.commitNumber ?? 0,
    stored: line.stored === undefined ? (before?.stored ?? null) : line.stored,
    log,
  };
}

/** The same in the terms of the specification. */
export function specStateOf({ status, viewNumber, lastNormalView, commitNumber, log }: Account) {
  const known = status === 'up' || status === 'halted' ? 'up' : 'recovering';
  return { status: known, viewNumber, lastNormalView, commitNumber, log } as const;
}

const fields = ['status', 'viewNumber', 'lastNormalView', 'log', 'commitNumber'] as const;

/** How the account differs from what the replica is by the protocol. */
export function differenceOf(
  present: Replica,
  account: Account,
  stored: Stored | undefined,
): Problem | undefined {
  const target = specStateOf(account);
  for (const field of fields)
    if (present[field] !== target[field])
      return contradiction(
        field,
        `No step leads there: the line tells ${valueText(target[field])}, and by the protocol it is ${valueText(present[field])}.`,
      );
  return stored === undefined || isSame(present.disk, stored)
    ? undefined
    : contradiction(
        'stored',
        `It stores ${textOf(stored)}. By the protocol it stores ${[present.disk, ...present.writes].map(textOf).join(', or then ')}.`,
      );
}

function valueText(value: string | number | Log): string {
  return value instanceof Log ? `a log of ${value.length} entries` : String(value);
}

/** What is stored, in a few words. */
export function textOf({ viewNumber, lastNormalView, log }: Stored): string {
  const held = log === undefined ? 'no log' : `${log.length} entries`;
  const isOfView = log !== undefined || lastNormalView > 0;
  return `view ${viewNumber} with ${held}${isOfView ? ` of view ${lastNormalView}` : ''}`;
}
