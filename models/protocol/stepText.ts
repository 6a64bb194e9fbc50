import type { Generations, Log, Message, Step } from '../../spec/protocol/index.ts';

/** A step of the protocol in a line. */
export function stepText(step: Step): string {
  switch (step.action) {
    case 'submit':
      return `submit ${step.clientId}: ${JSON.stringify(step.operation)}`;
    case 'take-answer':
      return `take-answer: ${messageText(step.reply)}`;
    case 'order':
      return `order r${step.replica}: ${messageText(step.request)}`;
    case 'accept':
      return `accept r${step.replica}, up to n${step.opNumber}: ${messageText(step.message)}`;
    case 'execute':
      return `execute r${step.replica}: ${step.evidence.map(messageText).join(', ')}`;
    case 'enter-view':
      return `enter-view r${step.replica}: v${step.viewNumber}`;
    case 'start-view':
      return `start-view r${step.replica}: ${step.votes.map(messageText).join(', ')}`;
    case 'adopt':
      return `adopt r${step.replica}: ${messageText(step.message)}`;
    case 'persist':
    case 'restart':
    case 'lose-storage':
    case 'begin-round':
      return `${step.action} r${step.replica}`;
    case 'crash':
      return `crash r${step.replica} with ${step.survivors} writes kept${step.isDamaged ? ', damaged' : ''}`;
    case 'recover':
      return `recover r${step.replica}, log of ${messageText(step.message)}: ${step.answers.map(messageText).join(', ')}`;
    case 'learn-loss':
      return `learn-loss r${step.replica}: ${step.answers.map(messageText).join(', ')}`;
    case 'note-loss':
      return `note-loss r${step.replica}: ${messageText(step.message)}`;
    case 'ask-read':
      return `ask-read ${step.clientId}: ${JSON.stringify(step.operation)}`;
    case 'note-read':
      return `note-read r${step.replica}: ${messageText(step.read)}`;
    case 'send':
      return `send r${step.replica}: ${messageText(step.message)}`;
  }
}

/** A message in a few words. */
function messageText(message: Message): string {
  switch (message.type) {
    case 'REQUEST':
      return `REQUEST ${message.clientId} s${message.requestNumber}`;
    case 'REPLY':
      return `REPLY ${message.clientId} s${message.requestNumber} n${message.log.length}`;
    case 'PREPARE':
    case 'STARTVIEW':
    case 'NEWSTATE':
      return `${message.type} v${message.viewNumber} ${logText(message.log)} k${message.commitNumber}`;
    case 'PREPAREOK':
      return `PREPAREOK v${message.viewNumber} n${message.opNumber} of r${message.replica}`;
    case 'COMMIT':
      return `COMMIT v${message.viewNumber} k${message.commitNumber}`;
    case 'READ':
      return `READ ${message.clientId} r${message.readNumber}`;
    case 'CONFIRM':
      return `CONFIRM v${message.viewNumber} x${message.round}`;
    case 'COMMITOK':
      return `COMMITOK v${message.viewNumber} x${message.round} of r${message.replica}`;
    case 'READREPLY':
      return `READREPLY to ${messageText(message.read)} n${message.log.length}`;
    case 'STARTVIEWCHANGE':
      return `STARTVIEWCHANGE v${message.viewNumber} of r${message.replica}`;
    case 'DOVIEWCHANGE': {
      const { viewNumber, lastNormalView, log, replica, generations } = message;
      return `DOVIEWCHANGE v${viewNumber} ${logText(log)} of v${lastNormalView} of r${replica}${lossesText(generations)}`;
    }
    case 'RECOVERY':
      return `RECOVERY of r${message.replica}, moved to v${message.viewNumber}${message.generation > 0 ? `, loss ${message.generation}` : ''}`;
    case 'RECOVERYRESPONSE': {
      const told = message.log === undefined ? '' : ` ${logText(message.log)}`;
      return `RECOVERYRESPONSE v${message.viewNumber}${told} of r${message.replica}${lossesText(message.generations)}`;
    }
  }
}

/** The losses that are known, if there are any. */
function lossesText(generations: Generations): string {
  const known = generations.flatMap((generation, replica) =>
    generation > 0 ? [`loss ${generation} of r${replica}`] : [],
  );
  return known.length === 0 ? '' : `, knows ${known.join(' and ')}`;
}

/** A log by its requests: the client and the request-number of each. */
export function logText(log: Log): string {
  const entries: string[] = [];
  for (let at: Log | undefined = log; at?.last !== undefined; at = at.before)
    entries.push(`${at.last.clientId}.${at.last.requestNumber}`);
  return `[${entries.reverse().join(' ')}]`;
}
