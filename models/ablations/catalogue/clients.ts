import { type Ablation, everywhere } from '../ablation.ts';

/** Ways to get clients and the client-table wrong (VRR §4.1, §4.2, §4.5). */
export const clientsAndTheirTable: readonly Ablation[] = [
  {
    name: 'no-dedupe',
    rule: 'A request that was seen before is not ordered again.',
    section: 'VRR §4.1',
    guarantee: 'exactly-once',
    seen: 'ityonemo/vsr',
    setups: everywhere,
    shortestKnown: { steps: 5, estimated: false },
    edits: [
      {
        file: 'replica/normal.ts',
        find: `  const { clientId, requestNumber } = request;
  const executed = replica.executed.get(clientId);
  if (executed?.requestNumber === requestNumber) {
    const { result } = executed;
    const { viewNumber } = replica;
    return reply(replica, effects, { type: 'REPLY', viewNumber, clientId, requestNumber, result });
  }
  const latest = replica.pending.get(clientId) ?? executed?.requestNumber ?? 0;
  if (requestNumber < latest) return drop(effects, 'the client has sent a later request');
  if (requestNumber === latest) return drop(effects, 'the request is being ordered');
`,
        replace: '',
      },
    ],
  },
  {
    name: 'dedupe-committed-only',
    rule: 'A request that is still running is in the client-table too, and its repetition is dropped.',
    section: 'VRR §4.1',
    guarantee: 'exactly-once',
    seen: undefined,
    setups: everywhere,
    shortestKnown: { steps: 5, estimated: true },
    edits: [
      {
        file: 'replica/normal.ts',
        find: 'const latest = replica.pending.get(clientId) ?? executed?.requestNumber ?? 0;',
        replace: 'const latest = executed?.requestNumber ?? 0;',
      },
    ],
  },
  {
    name: 'table-stale-number',
    rule: 'The client-table takes up the number of the request together with its result.',
    section: 'VRR §4.1',
    guarantee: 'exactly-once',
    seen: 'go-vsr',
    setups: everywhere,
    shortestKnown: { steps: 6, estimated: true },
    edits: [
      {
        file: 'replica/execution.ts',
        find: 'replica.executed = replica.executed.set(clientId, { requestNumber, result });',
        replace:
          'replica.executed = replica.executed.set(clientId, { requestNumber: requestNumber - 1, result });',
      },
    ],
  },
  {
    name: 'table-not-rebuilt',
    rule: 'Whenever the log is replaced, the client-table is made again from it.',
    section: 'VRR §4.2',
    guarantee: 'exactly-once',
    seen: undefined,
    setups: everywhere,
    shortestKnown: { steps: 12, estimated: true },
    edits: [
      {
        file: 'replica/execution.ts',
        find: `  executeUpTo(replica, effects, commitNumber);
  rebuildPending(replica);`,
        replace: '  executeUpTo(replica, effects, commitNumber);',
      },
    ],
  },
  {
    name: 'dropped-op-kept-in-table',
    rule: 'A request that was lost with its view is taken out of the client-table, or it would count as running for ever.',
    section: 'VRR §4.2',
    guarantee: 'liveness',
    seen: 'TAPIR',
    setups: everywhere,
    shortestKnown: { steps: 14, estimated: true },
    edits: [
      {
        file: 'replica/execution.ts',
        find: 'replica.pending = replica.pending.clear().withMutations((pending) => {',
        replace: 'replica.pending = replica.pending.withMutations((pending) => {',
      },
    ],
  },
  {
    name: 'client-accepts-any-reply',
    rule: 'A client takes a reply only for the request that it names.',
    section: 'VRR §4.1',
    guarantee: 'validity',
    seen: 'go-vsr, vsr-rs 2023',
    setups: everywhere,
    shortestKnown: { steps: 7, estimated: true },
    edits: [
      {
        file: 'client/client.ts',
        find: `outstanding === undefined ||
    clientId !== client.clientId ||
    requestNumber !== outstanding.requestNumber
`,
        replace: `outstanding === undefined
`,
      },
    ],
  },
  {
    name: 'client-s-plus-1',
    rule: 'After a crash a client uses no request-number that it may have used before.',
    section: 'VRR §4.5',
    guarantee: 'exactly-once',
    seen: undefined,
    setups: everywhere,
    shortestKnown: { steps: 8, estimated: true },
    edits: [
      {
        file: 'client/client.ts',
        find: `const clientId = \`\${name}/\${incarnation}\`;`,
        replace: `const clientId = \`\${name}/0\`;`,
      },
    ],
  },
  {
    // Ours: no other ablation invents anything.
    name: 'forward-loses-operation',
    rule: 'A backup forwards a request as it received it.',
    section: 'VRR §4.1',
    guarantee: 'validity',
    seen: undefined,
    setups: everywhere,
    shortestKnown: undefined,
    edits: [
      {
        file: 'replica/normal.ts',
        find: '  if (!isPrimary(replica)) return sendToPrimary(replica, effects, request);',
        replace: `  if (!isPrimary(replica)) return sendToPrimary(replica, effects, { ...request, operation: '' });`,
      },
    ],
  },
  {
    // Ours: the client-table and the service must go with the log, not only its length.
    name: 'replaced-log-not-executed',
    rule: 'When the log is replaced, what is committed in it is executed, not skipped.',
    section: 'VRR §4.2',
    guarantee: 'agreement',
    seen: undefined,
    setups: everywhere,
    shortestKnown: undefined,
    edits: [
      {
        file: 'replica/execution.ts',
        find: `  executeUpTo(replica, effects, commitNumber);
  rebuildPending(replica);`,
        replace: `  replica.commitNumber = Math.max(replica.commitNumber, Math.min(commitNumber, log.length));
  rebuildPending(replica);`,
      },
    ],
  },
];
