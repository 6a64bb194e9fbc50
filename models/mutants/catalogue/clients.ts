import { everywhere, type Mutant } from '../mutant.ts';

/** Ways to get clients and the client-table wrong (VRR §4.1, §4.2, §4.5). */
export const clientsAndTheirTable: readonly Mutant[] = [
  {
    name: 'no-dedupe',
    rule: 'A request that was seen before is not ordered again.',
    without:
      'A request that arrives twice is executed twice: the network may repeat messages, and clients do.',
    section: 'VRR §4.1',
    guarantee: 'exactly-once',
    seen: 'ityonemo/vsr',
    origin: 'catalogue',
    setups: everywhere,
    shortestKnown: { steps: 5, estimated: false },
    edits: [
      {
        file: 'replica/handlers/normal.ts',
        find: `  const result = line && resultIn(line, requestNumber);
  if (result !== undefined) {
    const { viewNumber } = replica;
    return reply(context, { type: 'REPLY', viewNumber, clientId, requestNumber, result });
  }
  if (line !== undefined && requestNumber <= line.requestNumber)
    return drop(context, 'later-request-executed');
  // Where nothing is known of the client it was evicted, and the log will say so.
  const latest = latestRunning(replica, request) ?? line?.requestNumber ?? requestNumber - 1;
  if (requestNumber <= latest) return drop(context, 'request-in-progress');
  if (requestNumber > latest + 1) return drop(context, 'earlier-request-missing');
`,
        replace: '',
      },
    ],
  },
  {
    name: 'dedupe-committed-only',
    rule: 'A request that is still running is in the client-table too, and its repetition is dropped.',
    without:
      'A repetition that arrives while the first is still running is ordered once more, and both are executed.',
    section: 'VRR §4.1',
    guarantee: 'exactly-once',
    seen: undefined,
    origin: 'catalogue',
    setups: everywhere,
    shortestKnown: { steps: 5, estimated: true },
    edits: [
      {
        file: 'replica/handlers/normal.ts',
        find: 'latestRunning(replica, request) ?? line?.requestNumber',
        replace: 'line?.requestNumber',
      },
    ],
  },
  {
    name: 'table-stale-number',
    rule: 'The client-table takes up the number of the request together with its result.',
    without:
      'The table knows the result under the number before, so that the repetition of the request counts as new and is executed again.',
    section: 'VRR §4.1',
    guarantee: 'exactly-once',
    seen: 'go-vsr',
    origin: 'catalogue',
    setups: everywhere,
    shortestKnown: { steps: 6, estimated: true },
    edits: [
      {
        file: 'replica/data/clientTable.ts',
        find: '{ session, requestNumber, results: [...kept, result], opNumber }',
        replace: '{ session, requestNumber: requestNumber - 1, results: [...kept, result], opNumber }',
      },
    ],
  },
  {
    name: 'table-not-rebuilt',
    rule: 'Whenever the log is replaced, the client-table is made again from it.',
    without:
      'After a view change the new primary knows nothing of a request that is in its log, takes the repetition for new, and executes both.',
    section: 'VRR §4.2',
    guarantee: 'exactly-once',
    seen: undefined,
    origin: 'catalogue',
    setups: everywhere,
    shortestKnown: { steps: 12, estimated: true },
    edits: [
      {
        file: 'replica/transitions/execution.ts',
        find: `  executeUpTo(context, commitNumber);
  rebuildPending(replica);`,
        replace: '  executeUpTo(context, commitNumber);',
      },
    ],
  },
  {
    name: 'dropped-op-kept-in-table',
    rule: 'A request that was lost with its view is taken out of the client-table, or it would count as running for ever.',
    without:
      'A request whose entry was dropped counts as running for ever: its client repeats it, and is never answered.',
    section: 'VRR §4.2',
    guarantee: 'liveness',
    seen: 'TAPIR',
    origin: 'catalogue',
    setups: everywhere,
    shortestKnown: { steps: 14, estimated: true },
    edits: [
      {
        file: 'replica/transitions/execution.ts',
        find: 'replica.pending = PersistentMap<string, number>().withMutations((pending) => {',
        replace: 'replica.pending = replica.pending.withMutations((pending) => {',
      },
    ],
  },
  {
    name: 'client-accepts-any-reply',
    rule: 'A client takes a reply only for the request that it names.',
    without: 'The late reply to an earlier request is taken for the answer to the present one.',
    section: 'VRR §4.1',
    guarantee: 'validity',
    seen: 'go-vsr, vsr-rs 2023',
    origin: 'catalogue',
    setups: everywhere,
    shortestKnown: { steps: 7, estimated: true },
    edits: [
      {
        file: 'client/client.ts',
        find: `  const asked = unanswered(client).find((request) => request.requestNumber === requestNumber);
  if (asked === undefined || clientId !== asked.clientId)
`,
        replace: `  const [asked] = unanswered(client);
  if (asked === undefined)
`,
      },
    ],
  },
  {
    name: 'client-s-plus-1',
    rule: 'After a crash a client uses no request-number that it may have used before.',
    without:
      'A client that crashed gives the number of a request that is still under way to another one, and one of the two is taken for a repetition of the other.',
    section: 'VRR §4.5',
    guarantee: 'exactly-once',
    seen: undefined,
    origin: 'catalogue',
    setups: everywhere,
    shortestKnown: { steps: 8, estimated: true },
    edits: [
      {
        file: 'client/client.ts',
        find: `\`\${name}/\${incarnation}`,
        replace: `\`\${name}/0`,
      },
    ],
  },
  {
    // Ours: no other mutant invents anything.
    name: 'forward-loses-operation',
    rule: 'A backup forwards a request as it received it.',
    without: 'What is executed is not what the client asked for.',
    section: 'VRR §4.1',
    guarantee: 'validity',
    seen: undefined,
    origin: 'ours',
    setups: everywhere,
    shortestKnown: undefined,
    edits: [
      {
        file: 'replica/handlers/normal.ts',
        find: '  if (!isPrimary(replica)) return sendToPrimary(context, request);',
        replace: `  if (!isPrimary(replica)) return sendToPrimary(context, { ...request, operation: '' });`,
      },
    ],
  },
  {
    // Ours: the client-table and the service must go with the log, not only its length.
    name: 'replaced-log-not-executed',
    rule: 'When the log is replaced, what is committed in it is executed, not skipped.',
    without:
      'The commit-number moves on, but the service never saw the entries, and its state is not that of the others.',
    section: 'VRR §4.2',
    guarantee: 'agreement',
    seen: undefined,
    origin: 'ours',
    setups: everywhere,
    shortestKnown: undefined,
    edits: [
      {
        file: 'replica/transitions/execution.ts',
        find: `  executeUpTo(context, commitNumber);
  rebuildPending(replica);`,
        replace: `  replica.commitNumber = Math.max(replica.commitNumber, Math.min(commitNumber, log.length));
  rebuildPending(replica);`,
      },
    ],
  },
  {
    name: 'second-client-same-id',
    rule: 'No two clients have the same identity.',
    without:
      'The request of one is taken for the repetition of the other’s, and the one is given the other’s answer.',
    section: 'VRR §4.1',
    guarantee: 'exactly-once',
    seen: 'vstamp',
    origin: 'catalogue',
    setups: everywhere,
    shortestKnown: { steps: 10, estimated: true },
    edits: [
      {
        file: 'client/client.ts',
        find: `\`\${name}/\${incarnation}`,
        replace: `\`client/\${incarnation}`,
      },
    ],
  },
  {
    name: 'client-number-not-kept',
    rule: 'A client gives each request a new number.',
    without: 'The second request is taken for the first, and answered with its result.',
    section: 'VRR §4.1',
    guarantee: 'validity',
    seen: undefined,
    origin: 'ours',
    setups: everywhere,
    shortestKnown: undefined,
    edits: [
      {
        file: 'client/client.ts',
        find: `  client.requestNumber = requestNumber;
`,
        replace: '',
      },
    ],
  },
  {
    name: 'client-takes-reply-of-former-self',
    rule: 'A client takes a reply only if it names its present identity.',
    without:
      'What answers a request of before the crash is taken for the answer to the present one, which has the same number.',
    section: 'VRR §4.5',
    guarantee: 'validity',
    seen: undefined,
    origin: 'ours',
    setups: everywhere,
    shortestKnown: undefined,
    edits: [
      {
        file: 'client/client.ts',
        find: 'if (asked === undefined || clientId !== asked.clientId)',
        replace: 'if (asked === undefined)',
      },
    ],
  },
  {
    name: 'result-depends-on-replica',
    rule: 'What an operation does depends on nothing but the log before it.',
    without:
      'After a view change the repetition of a request is answered with another result than the first time.',
    section: 'VRR §4',
    guarantee: 'agreement',
    seen: undefined,
    origin: 'ours',
    setups: everywhere,
    shortestKnown: undefined,
    edits: [
      {
        file: 'replica/transitions/execution.ts',
        find: '  const { state, result } = service.apply(replica.serviceState, request.operation, request.predicted);',
        replace: `  const applied = service.apply(replica.serviceState, request.operation, request.predicted);
  const { state } = applied;
  const result = replica.replicaNumber === 0 ? applied.result : null;`,
      },
    ],
  },
];
