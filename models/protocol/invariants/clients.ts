import { clientsAfter } from '../../../spec/protocol/actions/clients.ts';
import { type Entry, endsSession, type Group, Log } from '../../../spec/protocol/index.ts';
import { firstSeen, type ProtocolInvariant } from './invariant.ts';

/** What the client-table says, which follows from a log. So each log is looked at once, and not in every state. */

export const clients: readonly ProtocolInvariant[] = [
  {
    name: 'table-is-bounded',
    prose: 'A client-table has no more clients than there are sessions.',
    carries: 'Each replica would keep a line for every client that ever was.',
    seen: ofLogs((log, group) => {
      const { size } = clientsAfter(log, group);
      return size > group.sessions && `${size} clients are registered, and ${group.sessions} may be.`;
    }),
  },
  {
    name: 'session-is-registration',
    prose:
      'An entry that registers a client puts it into the client-table, and one that ends its session takes it out. The session of a client is the number of the latest such entry, or 0 where clients need no registration.',
    carries: 'execute would give effect to a request of a session that has ended, a second time.',
    seen: ofLogs((log, group) => {
      const table = clientsAfter(log, group);
      if (isBounded(group) && isRegistration(log) && !table.has(log.last?.clientId ?? ''))
        return `${log.last?.clientId} is not registered after entry ${log.length}.`;
      if (log.last && endsSession(log.last) && table.get(log.last.clientId)?.session === log.last.session)
        return `${log.last.clientId} has a session after entry ${log.length}, which ends it.`;
      return firstSeen([...table], ([clientId, { session }]) => {
        const latest = latestEntry(log, (one) => one.last?.clientId === clientId && isRegistration(one));
        const expected = isBounded(group) ? latest?.length : 0;
        return session !== expected && `${clientId} has session ${session}, and registered at ${expected}.`;
      });
    }),
  },
  {
    name: 'table-follows-log',
    prose:
      'The same entries give the same client-table, whether a replica reads them one by one or all at once.',
    carries:
      'A replica that takes a whole log would order or turn away other requests than one that has seen it grow.',
    seen: ofLogs((log, group) => {
      const [one, other] = [log, copyOf(log)].map((each) => JSON.stringify([...clientsAfter(each, group)]));
      return one !== other && `A log of ${log.length} entries gives ${one} and ${other}.`;
    }),
  },
  {
    name: 'oldest-is-evicted',
    prose:
      'A client leaves the client-table only for another one, and if it has been silent for longest, or by the end of its session.',
    carries: 'A client that is at work would be turned away, and one that is gone would stay.',
    seen: ofLogs((log, group) => {
      const { last, before } = log;
      if (last === undefined || before === undefined) return undefined;
      const [earlier, after] = [clientsAfter(before, group), clientsAfter(log, group)];
      const evicted = [...earlier].filter(([clientId]) => !after.has(clientId));
      const [gone, ...others] = evicted;
      if (gone === undefined) return undefined;
      if (endsSession(last)) {
        const isOwn = gone[0] === last.clientId && gone[1].session === last.session;
        return (!isOwn || others.length > 0) && `${gone[0]} leaves by an end of session ${last.session}.`;
      }
      const isOldest = [...earlier.values()].every(({ opNumber }) => opNumber >= gone[1].opNumber);
      const isMadeRoom = !earlier.has(last.clientId) && earlier.size === group.sessions;
      return (!isOldest || !isMadeRoom || others.length > 0) && `${gone[0]} is evicted for ${last.clientId}.`;
    }),
  },
  {
    name: 'requests-in-order',
    prose: 'In a log the requests that take effect in a session have the numbers 1, 2, … in this order.',
    carries: 'execute has no other guard against the second execution of a request.',
    seen: ofLogs(({ last, before }, group) => {
      if (last === undefined || before === undefined) return undefined;
      if (endsSession(last)) return undefined;
      const { clientId, session, requestNumber } = last;
      if (isBounded(group) && clientsAfter(before, group).get(clientId)?.session !== session)
        return undefined;
      const earlier = latestEntry(
        before,
        (one) => one.last?.clientId === clientId && (one.last.session === session || one.length === session),
      );
      const expected = (earlier?.last?.requestNumber ?? 0) + 1;
      return requestNumber !== expected && `Request ${requestNumber} stands where ${expected} belongs.`;
    }),
  },
];

/** What is seen of the first log that a replica holds and that is wrong. All groups of one log have the same number of sessions. */
function ofLogs(wrong: (log: Log, group: Group) => string | false | undefined): ProtocolInvariant['seen'] {
  const known = new WeakMap<Log, string | false>();
  return ({ state: { group }, held }) =>
    firstSeen(held, ({ log }) => {
      const seen = known.get(log) ?? (wrong(log, group) || false);
      known.set(log, seen);
      return seen;
    });
}

/** The log up to the latest entry of which this is true. */
function latestEntry(log: Log | undefined, isWanted: (log: Log) => boolean): Log | undefined {
  let at = log;
  while (at !== undefined && !isWanted(at)) at = at.before;
  return at;
}

/** Another log with the same entries, of which none was seen before. */
function copyOf(log: Log): Log {
  const entries: Entry[] = [];
  for (let at: Log | undefined = log; at?.last !== undefined; at = at.before) entries.push(at.last);
  return entries.reduceRight((longer, entry) => longer.with(entry), Log.empty());
}

function isRegistration({ last }: Log): boolean {
  return last?.requestNumber === 0 && !endsSession(last);
}

function isBounded({ sessions }: Group): boolean {
  return sessions < Number.POSITIVE_INFINITY;
}
