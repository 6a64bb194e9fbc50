import { everywhere, type Mutant } from '../mutant.ts';

/** Ways to get sessions, windows and evictions wrong: VRR has none of them, and keeps a line for each client for ever. */
export const sessions: readonly Mutant[] = [
  {
    name: 'evicted-session-reused',
    rule: 'A request of a client that was evicted is not executed: nobody knows any more whether it was before.',
    without:
      'A request that was executed before its client was evicted arrives again, and is executed again.',
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
    without:
      'A registration that arrives late registers an evicted client once more, and its late request is executed again.',
    section: 'VRR §4.5',
    guarantee: 'exactly-once',
    seen: undefined,
    origin: 'ours',
    setups: everywhere,
    shortestKnown: undefined,
    edits: [
      {
        file: 'replica/data/clientTable.ts',
        find: 'return requestNumber === 0 || line.session === session ? line : undefined;',
        replace: 'return line;',
      },
    ],
  },
  {
    name: 'eviction-spares-waiting',
    rule: 'Who is evicted follows from what was executed, and from nothing else.',
    without:
      'Clients with requests in the log after the registration are spared: how much of that log a replica holds decides whom it evicts, and so what it executes.',
    section: 'VRR §4.5',
    guarantee: 'agreement',
    seen: undefined,
    origin: 'ours',
    setups: everywhere,
    shortestKnown: undefined,
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
    rule: 'A client that was evicted is told so.',
    without: 'The client asks for ever, and is never answered.',
    section: 'VRR §4.5',
    guarantee: 'liveness',
    seen: undefined,
    origin: 'ours',
    setups: everywhere,
    shortestKnown: undefined,
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
      'A late answer to a request of its former session is taken for the answer to one with the same number.',
    section: 'VRR §4.5',
    guarantee: 'validity',
    seen: undefined,
    origin: 'ours',
    setups: everywhere,
    shortestKnown: undefined,
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
    name: 'window-of-results-short',
    rule: 'Of each client as many results are kept as it may have requests outstanding.',
    without: 'The answer to the first of two requests is lost, and no repetition of it is ever answered.',
    section: 'VRR §4.1',
    guarantee: 'liveness',
    seen: undefined,
    origin: 'ours',
    setups: everywhere,
    shortestKnown: undefined,
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
    rule: 'A window ends so many numbers after the oldest request that is outstanding.',
    without:
      'Answered requests in between leave room for later ones, until the result of the oldest is no longer kept, and it is never answered.',
    section: 'VRR §4.1',
    guarantee: 'liveness',
    seen: undefined,
    origin: 'ours',
    setups: everywhere,
    shortestKnown: undefined,
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
    without: 'The earlier request arrives after the later one, counts as old, and is never answered.',
    section: 'VRR §4.1',
    guarantee: 'liveness',
    seen: undefined,
    origin: 'ours',
    setups: everywhere,
    shortestKnown: undefined,
    edits: [
      {
        file: 'replica/handlers/normal.ts',
        find: `  if (requestNumber > latest + 1) return drop(context, 'earlier-request-missing');
`,
        replace: '',
      },
    ],
  },
];
