import type { Log, State } from '../../spec/protocol/index.ts';

/** A property of every state of the protocol that carries the proof that it keeps the promise. */
export interface ProtocolInvariant {
  /** In kebab-case. */
  readonly name: string;
  readonly prose: string;
  /** How the state breaks it, in a sentence. `history`: all entries that were ever executed. */
  seen(state: State, history: Log): string | undefined;
}

export const protocolInvariants: readonly ProtocolInvariant[] = [
  {
    name: 'same-view-same-log',
    prose: 'Of two logs of the same view, one begins with the other.',
    seen({ replicas }) {
      for (const [one, { status, lastNormalView, log }] of replicas.entries())
        for (const [other, second] of replicas.entries()) {
          if (other <= one || status !== 'up' || second.status !== 'up') continue;
          if (lastNormalView !== second.lastNormalView) continue;
          if (!log.begins(second.log) && !second.log.begins(log))
            return `Replicas ${one} and ${other} hold different logs of view ${lastNormalView}.`;
        }
      return undefined;
    },
  },
  {
    name: 'executed-stays-in-log',
    prose:
      'The log of each replica begins with all that it has executed, which is what the others have executed.',
    seen({ replicas }, history) {
      for (const [number, { commitNumber, log }] of replicas.entries()) {
        const executed = log.first(commitNumber);
        if (executed === undefined)
          return `Replica ${number} has executed ${commitNumber} of ${log.length} entries.`;
        if (!executed.begins(history))
          return `Replica ${number} has executed other entries than its log holds.`;
      }
      return undefined;
    },
  },
];
