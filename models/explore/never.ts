import type { Packet } from '../world/packet.ts';
import type { ClientMachine, Machine } from '../world/world.ts';

/**
 * Whether the packet's receiver will never again do anything when it arrives, now or after any crash: messages of views
 * before the one that its stable storage holds, answers to a recovery that is over, and replies to a request that was
 * answered. This relies on the protocol as it should be, so it is not for implementations from which a rule was removed.
 */
export function neverTaken({ message }: Packet, receiver: Machine | ClientMachine): boolean {
  if ('client' in receiver) return message.type === 'REPLY' && isAnswered(message, receiver);
  switch (message.type) {
    case 'PREPARE':
    case 'PREPAREOK':
    case 'COMMIT':
    case 'STARTVIEW':
    case 'GETSTATE':
    case 'NEWSTATE':
      return message.viewNumber < receiver.disk.image.viewNumber;
    case 'RECOVERYRESPONSE':
      return isAnswerTo(message.nonce, receiver);
    default:
      return false;
  }
}

function isAnswered(
  { clientId, requestNumber }: { readonly clientId: string; readonly requestNumber: number },
  { client }: ClientMachine,
): boolean {
  if (clientId !== client.clientId) return true;
  return client.outstanding === undefined
    ? requestNumber <= client.requestNumber
    : requestNumber < client.outstanding.requestNumber;
}

/** Whether the recovery that used this nonce is over. */
function isAnswerTo(nonce: string, { replica, incarnation }: Machine): boolean {
  const asked = Number(nonce.slice(0, nonce.indexOf('.')));
  return asked < incarnation || replica === undefined || replica.recovery === undefined;
}
