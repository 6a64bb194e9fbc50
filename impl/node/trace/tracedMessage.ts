import { primaryOf } from '../../replica/data/configuration.ts';
import type { Log, LogSuffix } from '../../replica/data/log.ts';
import type { ClientMessage, Message } from '../../replica/data/messages.ts';
import type { Replica } from '../../replica/data/replica.ts';
import type { LogName, TracedMessage } from './traceLine.ts';

/** A message as a trace names it. Those that state nothing about their sender have only a name. */
export function tracedMessage(message: Message | ClientMessage): TracedMessage {
  const { type } = message;
  switch (type) {
    case 'REQUEST': {
      const { clientId, session, requestNumber, operation } = message;
      return { type, clientId, session, requestNumber, operation };
    }
    case 'REPLY': {
      const { clientId, requestNumber, result } = message;
      return { type, clientId, requestNumber, result };
    }
    case 'FAILED':
    case 'EVICTED': {
      const { clientId, requestNumber } = message;
      return { type, clientId, requestNumber };
    }
    case 'PREPARE': {
      const { viewNumber, suffix, commitNumber } = message;
      return { type, viewNumber, log: endOf(suffix), commitNumber };
    }
    case 'PREPAREOK': {
      const { viewNumber, opNumber } = message;
      return { type, viewNumber, opNumber };
    }
    case 'COMMIT': {
      const { viewNumber, commitNumber } = message;
      return { type, viewNumber, commitNumber };
    }
    case 'STARTVIEWCHANGE':
      return { type, viewNumber: message.viewNumber };
    case 'DOVIEWCHANGE': {
      const { viewNumber, lastNormalView, suffix, commitNumber } = message;
      return { type, viewNumber, lastNormalView, log: endOf(suffix), commitNumber };
    }
    case 'STARTVIEW':
    case 'NEWSTATE': {
      const { viewNumber, suffix, commitNumber } = message;
      return { type, viewNumber, log: endOf(suffix), commitNumber };
    }
    case 'CHECKPOINT': {
      const { viewNumber, opNumber, checksum } = message;
      return { type, viewNumber, log: { opNumber, checksum } };
    }
    case 'RECOVERY': {
      const { nonce, viewNumber, name } = message;
      // A replica that takes no part in its group states nothing.
      return name === null ? { type, nonce, viewNumber } : { type: 'JOIN', nonce };
    }
    case 'RECOVERYRESPONSE': {
      const { nonce, viewNumber, state } = message;
      if (state === null) return { type, nonce, viewNumber, log: null };
      return { type, nonce, viewNumber, log: endOf(state.suffix), commitNumber: state.commitNumber };
    }
    case 'COMMITOK':
    case 'GETSTATE':
    case 'GETCHECKPOINT':
    case 'RECOVERING':
    case 'FOUNDED':
      return { type: 'OTHER', name: type };
  }
}

/** The replica that has sent the message, or undefined if it may be a client. */
export function senderOf({ configuration }: Replica, message: Message): number | undefined {
  if (message.type === 'REQUEST') return undefined;
  return 'replicaNumber' in message ? message.replicaNumber : primaryOf(configuration, message.viewNumber);
}

/** The name of a log. */
export function nameOf({ length: opNumber, checksum }: Log): LogName {
  return { opNumber, checksum };
}

function endOf({ opNumber, checksum }: LogSuffix) {
  return { opNumber, checksum };
}
