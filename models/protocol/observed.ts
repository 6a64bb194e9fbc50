import type { Json, Observation, Request, Service } from '../../spec/promise/index.ts';
import { clientsAfter } from '../../spec/protocol/actions/clients.ts';
import type { Group, Log, ReadReply, State, Step } from '../../spec/protocol/index.ts';

/** What a service makes of a log: how many of its entries it has executed, its state, and the result of the last entry. */
interface Made {
  readonly position: number;
  readonly state: unknown;
  readonly result: ReturnType<Service['apply']>['result'];
}

/**
 * What can be seen of a step of the protocol from outside: the promise is about nothing else. Registrations, and requests whose
 * session has ended, cannot be seen: the service does not execute them. Every read reads how many operations came before it.
 */
export class Observer {
  private readonly service: Service;
  private readonly made = new WeakMap<Log, Made>();

  constructor(service: Service) {
    this.service = service;
  }

  /** The observations of a step that led from one state to the next. */
  of(step: Step, after: State): readonly Observation[] {
    switch (step.action) {
      case 'submit': {
        const { clientId, operation } = step;
        const client = after.clients.find((one) => one.clientId === clientId);
        const requestNumber = client?.requestNumber ?? 0;
        return [{ kind: 'submitted', request: { clientId, requestNumber, operation } }];
      }
      case 'take-answer': {
        if (step.reply.type === 'READREPLY') return [this.readOf(step.reply, after.group)];
        const { clientId, requestNumber, log } = step.reply;
        if (log.last === undefined || !takesEffect(log, after.group)) return [];
        const request = { clientId, requestNumber, operation: log.last.operation };
        return [{ kind: 'answered', request, result: this.madeOf(log, after.group).result }];
      }
      case 'execute': {
        const { log, commitNumber } = after.replicas[step.replica] ?? {};
        const executed = log?.first(commitNumber ?? 0);
        if (executed?.last === undefined || !takesEffect(executed, after.group)) return [];
        const { last: request } = executed;
        const { position, result } = this.madeOf(executed, after.group);
        const { predicted } = request;
        return [{ kind: 'executed', copy: step.replica, position, request, predicted, result }];
      }
      case 'ask-read': {
        const { clientId, operation } = step;
        const client = after.clients.find((one) => one.clientId === clientId);
        return [{ kind: 'submitted', request: readAsked(clientId, client?.readNumber ?? 0, operation) }];
      }
      case 'restart':
        return [{ kind: 'restarted', copy: step.replica, executed: 0 }];
      default:
        return [];
    }
  }

  /** How many entries of a log the service has executed after it. */
  positionOf(log: Log, group: Group): number {
    return this.madeOf(log, group).position;
  }

  private readOf({ read: { clientId, readNumber, operation }, log }: ReadReply, group: Group): Observation {
    const position = this.positionOf(log, group);
    const request = readAsked(clientId, readNumber, operation);
    return { kind: 'read', request, result: { position, digest: position, isRead: true } };
  }

  private madeOf(log: Log, group: Group): Made {
    const known = this.made.get(log);
    if (known !== undefined) return known;
    const { last, before } = log;
    if (last === undefined || before === undefined)
      return { position: 0, state: this.service.initial, result: null };
    const earlier = this.madeOf(before, group);
    const made = takesEffect(log, group)
      ? {
          position: earlier.position + 1,
          ...this.service.apply(earlier.state, last.operation, last.predicted),
        }
      : { ...earlier, result: null };
    this.made.set(log, made);
    return made;
  }
}

/** A read, as the promise sees it. Reads have numbers of their own, and so a client of their own. */
function readAsked(clientId: string, readNumber: number, operation: Json): Request {
  return { clientId: `${clientId}, which reads`, requestNumber: readNumber, operation };
}

/** Whether the service executes the last entry of the log: it is a request, of a session that has not ended. */
function takesEffect({ last, before }: Log, group: Group): boolean {
  if (last === undefined || before === undefined) return false;
  if (group.sessions === Number.POSITIVE_INFINITY) return true;
  const { clientId, session, requestNumber } = last;
  return requestNumber > 0 && clientsAfter(before, group).get(clientId)?.session === session;
}

/**
 * Those of these executed entries that would survive the loss of any f replicas: what every quorum that can still form has. A
 * replica that has lost its log is in no quorum.
 */
export function surviving({ group, replicas, empty }: State, history: Log): Log {
  const kept: number[] = [];
  for (const { status, log, disk } of replicas) {
    const vote = group.mode === 'durable' ? disk.log : status === 'up' ? log : undefined;
    if (vote !== undefined) kept.push(commonLength(vote, history));
  }
  kept.sort((one, other) => one - other);
  return history.first(kept[Math.min(group.quorum, kept.length) - 1] ?? 0) ?? empty;
}

function commonLength(one: Log, other: Log): number {
  let length = Math.min(one.length, other.length);
  while (one.first(length) !== other.first(length)) length--;
  return length;
}
