import type { ClientMessage, Message } from '../../impl/index.ts';

/**
 * The same message as a literal of all its fields. Decoders build a message field by field, and many such objects have a hidden
 * class of their own. Whatever reads messages would be several times slower for them, and for all others.
 */
export function asLiteral(message: Message): Message {
  switch (message.type) {
    case 'REQUEST': {
      const { type, operation, clientId, session, requestNumber, answered, viewNumber } = message;
      return answered === undefined || viewNumber === undefined
        ? { type, operation, clientId, session, requestNumber }
        : { type, operation, clientId, session, requestNumber, answered, viewNumber };
    }
    case 'PREPARE':
    case 'STARTVIEW': {
      const { type, viewNumber, suffix, opNumber, commitNumber } = message;
      return { type, viewNumber, suffix, opNumber, commitNumber };
    }
    case 'PREPAREOK': {
      const { type, viewNumber, opNumber, replicaNumber, suffix, clock, checkpoint } = message;
      return { type, viewNumber, opNumber, replicaNumber, suffix, clock, checkpoint };
    }
    case 'COMMIT': {
      const { type, viewNumber, commitNumber, suffix, agreed } = message;
      return { type, viewNumber, commitNumber, suffix, agreed };
    }
    case 'COMMITOK': {
      const { type, viewNumber, replicaNumber, clock, checkpoint } = message;
      return { type, viewNumber, replicaNumber, clock, checkpoint };
    }
    case 'STARTVIEWCHANGE': {
      const { type, viewNumber, replicaNumber, callers } = message;
      return { type, viewNumber, replicaNumber, callers };
    }
    case 'GETSTATE': {
      const { type, viewNumber, opNumber, replicaNumber } = message;
      return { type, viewNumber, opNumber, replicaNumber };
    }
    default:
      return transferred(message);
  }
}

/** The same for the rarer messages, which carry a log, a checkpoint or what a recovering replica lacks. */
function transferred(message: Exclude<Message, { readonly type: 'REQUEST' }>): Message {
  switch (message.type) {
    case 'DOVIEWCHANGE': {
      const { type, viewNumber, suffix, lastNormalView, opNumber, commitNumber } = message;
      const { replicaNumber, generations } = message;
      return { type, viewNumber, suffix, lastNormalView, opNumber, commitNumber, replicaNumber, generations };
    }
    case 'NEWSTATE': {
      const { type, viewNumber, suffix, opNumber, commitNumber, replicaNumber } = message;
      return { type, viewNumber, suffix, opNumber, commitNumber, replicaNumber };
    }
    case 'RECOVERY': {
      const { type, viewNumber, nonce, generation, name, replicaNumber } = message;
      return { type, viewNumber, nonce, generation, name, replicaNumber };
    }
    case 'RECOVERYRESPONSE': {
      const { type, viewNumber, nonce, state, replicaNumber } = message;
      const { founders, generations } = message.membership;
      return { type, viewNumber, nonce, state, replicaNumber, membership: { founders, generations } };
    }
    case 'RECOVERING': {
      const { type, viewNumber, nonce, incarnation, name, replicaNumber } = message;
      return { type, viewNumber, nonce, incarnation, name, replicaNumber };
    }
    default:
      return message;
  }
}

/** The same for a message to a client. */
export function asClientLiteral(message: ClientMessage): ClientMessage {
  const { viewNumber, clientId, requestNumber } = message;
  if (message.type !== 'REPLY') return { type: message.type, viewNumber, clientId, requestNumber };
  return { type: message.type, viewNumber, clientId, requestNumber, result: message.result };
}
