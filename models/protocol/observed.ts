import type { Observation, Service } from '../../spec/promise/index.ts';
import type { Log, State, Step } from '../../spec/protocol/index.ts';

/** What a service makes of a log: its state, and the result of the last entry. */
interface Made {
  readonly state: unknown;
  readonly result: ReturnType<Service['apply']>['result'];
}

/** What can be seen of a step of the protocol from outside: the promise is about nothing else. */
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
        const { log } = step.reply;
        if (log.last === undefined) return [];
        return [{ kind: 'answered', request: log.last, result: this.madeOf(log).result }];
      }
      case 'execute': {
        const { log, commitNumber } = after.replicas[step.replica] ?? {};
        const executed = log?.first(commitNumber ?? 0);
        if (executed?.last === undefined) return [];
        const { last: request, length: position } = executed;
        const { result } = this.madeOf(executed);
        const { predicted } = request;
        return [{ kind: 'executed', copy: step.replica, position, request, predicted, result }];
      }
      case 'restart':
        return [{ kind: 'restarted', copy: step.replica, executed: 0 }];
      default:
        return [];
    }
  }

  private madeOf(log: Log): Made {
    const known = this.made.get(log);
    if (known !== undefined) return known;
    const { last, before } = log;
    if (last === undefined || before === undefined) return { state: this.service.initial, result: null };
    const made = this.service.apply(this.madeOf(before).state, last.operation, last.predicted);
    this.made.set(log, made);
    return made;
  }
}

/**
 * How many of these executed entries would survive the loss of any f replicas: what every quorum that can still form has. A
 * replica that has lost its log is in no quorum.
 */
export function surviving({ group, replicas }: State, history: Log): number {
  const kept: number[] = [];
  for (const { status, log, disk } of replicas) {
    const vote = group.mode === 'durable' ? disk.log : status === 'up' ? log : undefined;
    if (vote !== undefined) kept.push(commonLength(vote, history));
  }
  kept.sort((one, other) => one - other);
  return kept[Math.min(group.quorum, kept.length) - 1] ?? 0;
}

function commonLength(one: Log, other: Log): number {
  let length = Math.min(one.length, other.length);
  while (one.first(length) !== other.first(length)) length--;
  return length;
}
