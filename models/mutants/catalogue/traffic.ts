import { everywhere, type Mutant } from '../mutant.ts';

/** Mutants that say the same more often than needed. What they send is true, and costs the network. */
export const traffic: readonly Mutant[] = [
  {
    name: 'ack-resends-prepare',
    rule: 'A primary repeats a PREPARE only when the timer asks for it.',
    without:
      'Each acknowledgement that completes no quorum makes the primary send entries again that are on their way.',
    section: 'VRR §4.1',
    guarantee: 'liveness',
    setups: everywhere,
    edits: [
      {
        file: 'replica/handlers/normal.ts',
        find: '  const committed = replica.commitNumber;\n  executeUpTo(context, heldByQuorum(replica));',
        replace: `  const committed = replica.commitNumber;
  if (replicaNumber !== replica.replicaNumber && replica.commitNumber <= opNumber && replica.log.base < opNumber) {
    const repeated = prepareOf(replica, replica.log.prefix(opNumber).suffix(opNumber - 1));
    broadcast(context, repeated, 'view');
  }
  executeUpTo(context, heldByQuorum(replica));`,
      },
    ],
  },
  {
    name: 'prepare-carries-executed',
    rule: 'A PREPARE carries only entries that no earlier PREPARE of the view carried.',
    without:
      'Each entry is sent again with its successor, and the messages are twice as long as they need to be.',
    section: 'VRR §6.2',
    guarantee: 'liveness',
    setups: everywhere,
    edits: [
      {
        file: 'replica/handlers/normal.ts',
        find: 'const suffix = sent + 1 === log.length ? log.suffix(sent) : log.piece(sent, configuration.maxChars);',
        replace: 'const suffix = log.suffix(Math.max(log.base, sent - 1));',
      },
    ],
  },
  {
    name: 'answered-by-every-replica',
    rule: 'When a request is executed, only the primary answers the client.',
    without: 'The client gets the same answer from every replica.',
    section: 'VRR §4.1',
    guarantee: 'liveness',
    setups: everywhere,
    edits: [
      {
        file: 'replica/transitions/execution.ts',
        find: "if (replica.status === 'normal' && isPrimary(replica)) reply(context, message);",
        replace:
          "if (replica.status === 'normal' && replica.configuration.size > 0) reply(context, message);",
      },
    ],
  },
  {
    name: 'repeated-answer-asks-again',
    rule: 'A replica that fetches a log asks for the rest only after an answer that brought something new.',
    without:
      'A slow answer that was asked for twice is followed by two of everything, and all that is missing is sent twice.',
    section: 'VRR §5.2',
    guarantee: 'liveness',
    setups: everywhere,
    edits: [
      {
        file: 'replica/handlers/stateTransfer.ts',
        find: 'return suffix.opNumber <= held && suffix.opNumber < opNumber;',
        replace: 'return suffix.opNumber < 0 && suffix.opNumber < opNumber;',
      },
    ],
  },
];
