import { everywhere, type Mutant } from '../mutant.ts';

/** Mutants of clients and of the client-table (VRR §4.1, §4.2, §4.5). */
export const clientsAndTheirTable: readonly Mutant[] = [
  {
    name: 'no-dedupe',
    rule: 'A request that the log has already is not ordered again.',
    without:
      'A request that arrives twice is executed twice. The network may duplicate messages, and clients repeat requests.',
    section: 'VRR §4.1',
    guarantee: 'exactly-once',
    seen: 'ityonemo/vsr',
    origin: 'catalogue',
    setups: everywhere,
    shortestKnown: { steps: 5, estimated: false },
    edits: [
      {
        file: 'replica/handlers/normal.ts',
        find: `  const outcome = record && outcomeIn(record, requestNumber);
  if (outcome !== undefined) return reply(context, answerOf(replica, request, outcome));
  if (record !== undefined && requestNumber <= record.requestNumber)
    return drop(context, 'later-request-executed');
  // A client without a record was evicted, or registers now. Execution decides which, at the same entry at every replica.
  const latest = latestPending(replica, request) ?? record?.requestNumber ?? requestNumber - 1;
  if (requestNumber <= latest) return drop(context, 'request-in-progress');
  if (requestNumber > latest + 1) return onGap(context, request, record);
`,
        replace: '',
      },
    ],
  },
  {
    name: 'dedupe-committed-only',
    rule: 'The client-table also holds the request that is still running, and its repetitions are dropped.',
    without:
      'A repetition that arrives while the first is still running is ordered again, and both are executed.',
    section: 'VRR §4.1',
    guarantee: 'exactly-once',
    origin: 'catalogue',
    setups: everywhere,
    shortestKnown: { steps: 5, estimated: true },
    edits: [
      {
        file: 'replica/handlers/normal.ts',
        find: 'latestPending(replica, request) ?? record?.requestNumber',
        replace: 'record?.requestNumber',
      },
    ],
  },
  {
    name: 'table-stale-number',
    rule: 'The client-table stores the number of a request together with its result.',
    without:
      'The table stores the result under the previous number, so a repetition of the request counts as new and is executed again.',
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
    rule: 'When the log is replaced, the client-table is rebuilt from it.',
    without:
      'After a view change the new primary does not know a request that is in its log. It takes the repetition for a new request and executes both.',
    section: 'VRR §4.2',
    guarantee: 'exactly-once',
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
    rule: 'A request that was lost with its view is removed from the client-table.',
    without: 'The request counts as running for ever: its client repeats it and never gets an answer.',
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
    rule: 'A client accepts a reply only for the request that it names.',
    without: 'The client takes a late reply to an earlier request for the answer to its present one.',
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
      'The client gives the number of a request that is still in flight to another request, and one of the two counts as a repetition of the other.',
    section: 'VRR §4.5',
    guarantee: 'exactly-once',
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
    // The only mutant that executes an operation that no client requested.
    name: 'forward-loses-operation',
    rule: 'A backup forwards a request unchanged.',
    without: 'The service executes another operation than the client requested.',
    section: 'VRR §4.1',
    guarantee: 'validity',
    setups: everywhere,
    edits: [
      {
        file: 'replica/handlers/normal.ts',
        find: '  if (!isPrimary(replica)) return sendToPrimary(context, request);',
        replace: `  if (!isPrimary(replica)) return sendToPrimary(context, { ...request, operation: '' });`,
      },
    ],
  },
  {
    // The client-table and the service must follow the log, not only its length.
    name: 'replaced-log-not-executed',
    rule: 'When the log is replaced, its committed entries are executed, not skipped.',
    without:
      'The commit-number advances over entries that the service never executed, and its state differs from that of the others.',
    section: 'VRR §4.2',
    guarantee: 'agreement',
    setups: everywhere,
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
      'The request of one client counts as a repetition of the other’s, and the first client gets the answer of the second.',
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
    without: 'The second request counts as the first, and gets its result.',
    section: 'VRR §4.1',
    guarantee: 'validity',
    setups: everywhere,
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
    rule: 'A client accepts a reply only if it names the client’s present identity.',
    without:
      'The client takes the answer to a request from before its crash for the answer to the present one, which has the same number.',
    section: 'VRR §4.5',
    guarantee: 'validity',
    setups: everywhere,
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
    rule: 'The effect and the result of an operation depend only on the log before it.',
    without: 'After a view change a repeated request is answered with another result than the first time.',
    section: 'VRR §4',
    guarantee: 'agreement',
    setups: everywhere,
    edits: [
      {
        file: 'replica/transitions/execution.ts',
        find: '    const { state, result } = applied;',
        replace: `    const { state } = applied;
  const result = replica.replicaNumber === 0 ? applied.result : null;`,
      },
    ],
  },
  {
    name: 'outdated-answer-rejected',
    rule: 'A client drops an answer to a request that is no longer outstanding, and rejects only what no replica can have sent.',
    without:
      'The network may deliver an answer twice, and several replicas may answer: the client takes correct replicas for faulty ones.',
    section: 'VRR §4.1',
    guarantee: 'validity',
    setups: everywhere,
    edits: [
      {
        file: 'client/client.ts',
        find: "return [{ type: 'dropped', reason: 'request-not-outstanding' }];",
        replace: "return [{ type: 'rejected', reason: 'not-for-a-client' }];",
      },
    ],
  },
  {
    name: 'answer-taken-for-earlier',
    rule: 'An answer counts for the request that it names, and for no earlier one of the client.',
    without:
      'The network delivers answers in any order. The client takes the result of one request for that of another.',
    section: 'VRR §4.1',
    guarantee: 'validity',
    setups: everywhere,
    edits: [
      {
        file: 'client/client.ts',
        find: `  client.outstanding = client.outstanding.filter((request) => request !== ended.request);
  const [next] = client.outstanding;
  if (next === undefined) return [ended, { type: 'timer', delay: 0 }];
  if (endsSession(next)) return [ended, ...begin(client, [next])];
  client.retries = 0;
  return [ended, { type: 'timer', delay: delays.clientRetry }];`,
        replace: `  const last = ended.request.requestNumber;
  const all = client.outstanding.filter((one) => one.requestNumber <= last && !endsSession(one));
  client.outstanding = client.outstanding.filter((one) => !all.includes(one));
  const answered = all.map((request) => ({ ...ended, request }));
  const [next] = client.outstanding;
  if (next === undefined) return [...answered, { type: 'timer', delay: 0 }];
  if (endsSession(next)) return [...answered, ...begin(client, [next])];
  client.retries = 0;
  return [...answered, { type: 'timer', delay: delays.clientRetry }];`,
      },
    ],
  },
];
