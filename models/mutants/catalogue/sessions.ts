import { everywhere, type Mutant } from '../mutant.ts';

/** Mutants of sessions, windows and evictions. VRR has none of these: its client-table keeps every client for ever. */
export const sessions: readonly Mutant[] = [
  {
    name: 'former-primary-misses-answers',
    rule: 'A primary takes answered requests for lost only if the client has no answer from a later view.',
    without:
      'A primary whose view is over lacks what was answered in later ones. It raises an alarm about a loss that never was, and ends the session.',
    section: 'VRR §4.5',
    guarantee: 'liveness',
    setups: everywhere,
    edits: [
      {
        file: 'replica/handlers/normal.ts',
        find: 'mayCome || seen > replica.viewNumber || !isPrimary(replica)',
        replace: 'mayCome || seen < 0 || !isPrimary(replica)',
      },
    ],
  },
  {
    name: 'evicted-session-reused',
    rule: 'A request of an evicted client is not executed, because no replica knows whether it was executed before.',
    without: 'A request that was executed before the eviction arrives again and is executed again.',
    section: 'VRR §4.5',
    guarantee: 'exactly-once',
    seen: 'TigerBeetle',
    origin: 'catalogue',
    setups: everywhere,
    shortestKnown: { steps: 10, estimated: true },
    edits: [
      {
        file: 'replica/data/clientTable.ts',
        find: 'return sessions === Number.POSITIVE_INFINITY ? unseenClient : undefined;',
        replace: `{
    if (sessions === Number.POSITIVE_INFINITY) return unseenClient;
    return requestNumber > 0 ? { ...unseenClient, session, requestNumber: requestNumber - 1 } : undefined;
  }`,
      },
    ],
  },
  {
    name: 'session-not-compared',
    rule: 'A request is executed only in the session that it names.',
    without: 'A late registration registers an evicted client again, and its late request is executed again.',
    section: 'VRR §4.5',
    guarantee: 'exactly-once',
    setups: everywhere,
    edits: [
      {
        file: 'replica/data/clientTable.ts',
        find: 'return requestNumber === 0 || record.session === session ? record : undefined;',
        replace: 'return record;',
      },
    ],
  },
  {
    name: 'eviction-spares-waiting',
    rule: 'Which client is evicted depends only on the executed entries.',
    without:
      'Clients with requests in the log after the registration are spared. How much of that log a replica holds then decides which client it evicts, and so what it executes.',
    section: 'VRR §4.5',
    guarantee: 'agreement',
    setups: everywhere,
    edits: [
      {
        file: 'replica/transitions/execution.ts',
        find: 'clientTable.asMutable(), clientId, opNumber, configuration);',
        replace: 'clientTable.asMutable(), clientId, opNumber, configuration, replica.pending);',
      },
      {
        file: 'replica/data/clientTable.ts',
        find: `  { sessions }: Configuration,
): ClientTable {
  const rest = table.size < sessions ? table : table.delete(oldestClient(table));`,
        replace: `  { sessions }: Configuration,
  pending: { has(clientId: string): boolean },
): ClientTable {
  const rest = table.size < sessions ? table : table.delete(oldestClient(table, pending));`,
      },
      {
        file: 'replica/data/clientTable.ts',
        find: 'function oldestClient(table: ClientTable): string {',
        replace:
          'function oldestClient(table: ClientTable, pending: { has(clientId: string): boolean }): string {',
      },
      {
        file: 'replica/data/clientTable.ts',
        find: 'if (opNumber >= oldest) continue;',
        replace: 'if (opNumber >= oldest || pending.has(clientId)) continue;',
      },
    ],
  },
  {
    name: 'evicted-not-told',
    rule: 'An evicted client is told about its eviction.',
    without: 'The client repeats its request for ever and never gets an answer.',
    section: 'VRR §4.5',
    guarantee: 'liveness',
    setups: everywhere,
    edits: [
      {
        file: 'replica/transitions/execution.ts',
        find: `  replyIfPrimary(context, { type: 'EVICTED', viewNumber, clientId, requestNumber });
`,
        replace: '',
      },
    ],
  },
  {
    name: 'evicted-client-keeps-identity',
    rule: 'After an eviction a client numbers its requests under a new identity.',
    without:
      'The client takes a late answer to a request of its former session for the answer to one with the same number.',
    section: 'VRR §4.5',
    guarantee: 'validity',
    setups: everywhere,
    edits: [
      {
        file: 'client/client.ts',
        find: `  client.clientId = identityOf(client.name, client.incarnation, client.evictions);
`,
        replace: '',
      },
    ],
  },
  {
    name: 'end-leaves-session',
    rule: 'The end of a session takes the line of its client from the client-table.',
    without:
      'Clients that are gone fill the client-table, and each new client evicts one that may be at work.',
    section: 'VRR §4.5',
    guarantee: 'liveness',
    setups: everywhere,
    edits: [
      {
        file: 'replica/transitions/execution.ts',
        find: `  replica.clientTable = withoutSession(replica.clientTable.asMutable(), request);
`,
        replace: '',
      },
    ],
  },
  {
    name: 'end-of-any-session',
    rule: 'The end of a session ends that session only, and no later one of the same client.',
    without: 'A late end of an earlier session ends a later one, whose requests are turned away.',
    section: 'VRR §4.5',
    guarantee: 'liveness',
    setups: everywhere,
    edits: [
      {
        file: 'replica/data/clientTable.ts',
        find: 'return table.get(clientId)?.session === session ? table.delete(clientId) : table;',
        replace: 'return table.delete(clientId);',
      },
    ],
  },
  {
    name: 'end-not-answered',
    rule: 'The end of a session is answered, also if the session has ended before.',
    without: 'The client repeats the end of its session for ever, and each repetition becomes an entry.',
    section: 'VRR §4.5',
    guarantee: 'liveness',
    setups: everywhere,
    edits: [
      {
        file: 'replica/transitions/execution.ts',
        find: `  replyIfPrimary(context, answerOf(replica, request, { type: 'result', result: null }));
`,
        replace: '',
      },
    ],
  },
  {
    name: 'window-of-results-short',
    rule: 'A replica keeps as many results of each client as the client may have requests outstanding.',
    without: 'If the answer to the first of two requests is lost, no repetition of it is ever answered.',
    section: 'VRR §4.1',
    guarantee: 'liveness',
    setups: everywhere,
    edits: [
      {
        file: 'replica/data/clientTable.ts',
        find: 'results: [...kept, result]',
        replace: 'results: [result].slice(-kept.length - 1)',
      },
    ],
  },
  {
    name: 'window-counts-outstanding',
    rule: 'The window of a client’s request-numbers is measured from its oldest outstanding request.',
    without:
      'Answered requests in the window make way for later ones, until the result of the oldest is no longer kept and it is never answered.',
    section: 'VRR §4.1',
    guarantee: 'liveness',
    setups: everywhere,
    edits: [
      {
        file: 'client/client.ts',
        find: 'return oldest === undefined || requestNumber + 1 < oldest.requestNumber + configuration.window;',
        replace:
          'return oldest === undefined || outstanding.length < configuration.window * Math.min(1, requestNumber);',
      },
    ],
  },
  {
    name: 'gap-in-session-ordered',
    rule: 'A request is ordered only after all earlier ones of its session.',
    without: 'An earlier request that arrives after a later one counts as old and is never answered.',
    section: 'VRR §4.1',
    guarantee: 'liveness',
    setups: everywhere,
    edits: [
      {
        file: 'replica/handlers/normal.ts',
        find: `  if (requestNumber > latest + 1) return onGap(context, request, record);
`,
        replace: '',
      },
    ],
  },
  {
    name: 'window-of-two-results',
    rule: 'The number of results that a replica keeps of each client is the window of the configuration.',
    without: 'With a window of more than two requests, the result of a request whose reply was lost is gone.',
    section: 'VRR §4.1',
    guarantee: 'liveness',
    setups: everywhere,
    edits: [
      {
        file: 'replica/data/clientTable.ts',
        find: 'const kept = results.length < window ? results : results.slice(results.length - window + 1);',
        replace: 'const kept = results.slice(Math.max(0, results.length - Math.min(window, 2) + 1));',
      },
    ],
  },
];
