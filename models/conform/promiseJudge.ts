import type { Json } from '../../spec/promise/index.ts';
import { sameJson } from '../../spec/promise/index.ts';
import { clientsAfter } from '../../spec/protocol/actions/clients.ts';
import { endsSession, type Group, type Log, type State } from '../../spec/protocol/index.ts';
import type { Line, TracedMessage } from './format/line.ts';
import type { Problem } from './problem.ts';

type Answer = TracedMessage & { readonly type: 'REPLY' | 'FAILED' | 'EVICTED' };

/**
 * Holds a run to those guarantees of the promise that can be judged without the histories of clients. It is a function of what the
 * replicas execute, and takes constant time for each entry, so that long runs can be judged.
 */
export class PromiseJudge {
  /** The one history: by position, the log up to there. */
  private readonly history: Log[] = [];
  private readonly results: ({ readonly result: Json | undefined } | undefined)[] = [];
  /** The op-numbers of each client's requests, by request-number. */
  private readonly requests = new Map<string, number[]>();
  /** The op-numbers of requests whose session had ended: they have no effect, and no result. */
  private readonly turnedAway = new Set<number>();
  private readonly group: Group;

  constructor(group: Group) {
    this.group = group;
  }

  /** How many entries some replica has executed. */
  get executed(): number {
    return this.history.length;
  }

  /** The executed log that ends with the latest request of this client and number. */
  logOf(clientId: string, requestNumber: number, executed: number): Log | undefined {
    const opNumbers = this.requests.get(`${requestNumber} ${clientId}`);
    const opNumber = opNumbers?.findLast((one) => one <= executed);
    return opNumber === undefined ? undefined : this.history[opNumber - 1];
  }

  /** A replica has executed this log. */
  execute(log: Log): Problem | undefined {
    if (this.history[log.length - 1] === log) return undefined;
    const fresh: Log[] = [];
    let at: Log | undefined = log;
    for (; at !== undefined && at.length > this.history.length; at = at.before) fresh.push(at);
    if (at !== undefined && at.length > 0 && this.history[at.length - 1] !== at)
      return broken('one-order', `It has executed another log of ${at.length} entries than the others.`);
    for (const one of fresh.reverse()) {
      const problem = this.extend(one);
      if (problem !== undefined) return problem;
    }
    return undefined;
  }

  private extend(log: Log): Problem | undefined {
    const { last, before, length } = log;
    if (last === undefined || before === undefined) return undefined;
    this.history.push(log);
    if (last.predicted.time < (before.last?.predicted.time ?? 0))
      return broken('time-goes-on', `Entry ${length} has an earlier time than the entry before it.`);
    const { clientId, session, requestNumber } = last;
    const registered = clientsAfter(before, this.group).get(clientId);
    const isBounded = this.group.sessions < Number.POSITIVE_INFINITY;
    const isEffective = !isBounded || requestNumber === 0 || registered?.session === session;
    const key = `${requestNumber} ${clientId}`;
    const same = this.requests.get(key);
    if (same === undefined) this.requests.set(key, [length]);
    else same.push(length);
    if (!isEffective) {
      this.turnedAway.add(length);
      return this.results[length] && turnedAwayWithResult(length);
    }
    if (requestNumber === 0) {
      this.results[length] = { result: endsSession(last) ? null : length };
      return undefined;
    }
    return registered?.session === session && requestNumber <= registered.requestNumber
      ? broken(
          'exactly-once',
          `Request ${requestNumber} of ${clientId} takes effect at entry ${length} again.`,
        )
      : undefined;
  }

  /** Whether a replica that has executed so many entries still holds them in its log. */
  isKept(log: Log, executed: number): boolean {
    return executed === 0 || this.history[executed - 1]?.begins(log) === true;
  }

  /** The results that a replica says it has got. */
  resultsOf(executed: NonNullable<Line['executed']>, commitNumber: number): Problem | undefined {
    for (const { opNumber, result } of executed) {
      if (opNumber > commitNumber)
        return broken(
          'in-turn',
          `It tells the result of entry ${opNumber}, and has executed ${commitNumber}.`,
        );
      if (this.turnedAway.has(opNumber)) return turnedAwayWithResult(opNumber);
      const known = this.results[opNumber];
      if (known === undefined) this.results[opNumber] = { result };
      else if (!isSame(known.result, result))
        return broken(
          'same-result',
          `Entry ${opNumber} has the result ${JSON.stringify(result)} here, and ${JSON.stringify(known.result)} at another replica.`,
        );
    }
    return undefined;
  }

  /**
   * A replica that has executed so many entries answers a client. The answer is compared with the result if the trace has told it;
   * otherwise it tells the result itself. EVICTED answers a request whose session had ended, and nothing else does. An answer names no
   * session, so that it may be that to any request of this number.
   */
  answer(message: Answer, executed: number): Problem | undefined {
    const opNumbers = (this.requests.get(`${message.requestNumber} ${message.clientId}`) ?? []).filter(
      (one) => one <= executed && this.turnedAway.has(one) === (message.type === 'EVICTED'),
    );
    if (message.type === 'EVICTED')
      return opNumbers.length > 0
        ? undefined
        : broken('reply-is-result', 'The answer is EVICTED, and the request has taken effect.');
    if (opNumbers.length === 0)
      return broken(
        'reply-is-result',
        'The session had ended: the request has no effect, and the answer is not EVICTED.',
      );
    const known = opNumbers.map((opNumber) => this.results[opNumber]);
    if (known.some((outcome) => outcome === undefined || isAnswer(message, outcome.result))) {
      const [only = 0, ...others] = opNumbers;
      if (others.length === 0)
        this.results[only] ??= { result: message.type === 'REPLY' ? message.result : undefined };
      return undefined;
    }
    const told = known.map((outcome) => JSON.stringify(outcome?.result) ?? 'none').join(' or ');
    const answer = message.type === 'REPLY' ? JSON.stringify(message.result) : message.type;
    return broken('reply-is-result', `The answer is ${answer}, and the result ${told}.`);
  }

  /** Whether everything executed would survive the loss of any f replicas: enough replicas hold it where a crash leaves it. */
  survival({ group, replicas }: State): Problem | undefined {
    const last = this.history.at(-1);
    if (last === undefined) return undefined;
    const logs = replicas.flatMap(({ status, log, disk }) => {
      const vote = group.mode === 'durable' ? disk.log : status === 'up' ? log : undefined;
      return vote === undefined ? [] : [vote];
    });
    const lacking = logs.filter((log) => !last.begins(log)).length;
    if (logs.length === 0 || lacking < Math.min(group.quorum, logs.length)) return undefined;
    return broken(
      'never-lost',
      `Entry ${last.length} was executed, and ${lacking} replicas, a quorum, do not hold it.`,
    );
  }
}

/** Whether this is the answer to a request with this result. Without a result the service has failed. */
function isAnswer(message: Exclude<Answer, { readonly type: 'EVICTED' }>, result: Json | undefined): boolean {
  switch (message.type) {
    case 'REPLY':
      return result !== undefined && isSame(result, message.result);
    case 'FAILED':
      return result === undefined;
  }
}

function turnedAwayWithResult(opNumber: number): Problem {
  return broken(
    'same-result',
    `The session of entry ${opNumber} had ended: it has no result, and one is told.`,
  );
}

function broken(rule: string, sentence: string): Problem {
  return { rule, sentence, section: 'spec/promise', about: 'the promise' };
}

function isSame(one: Json | undefined, other: Json | undefined): boolean {
  return one === undefined || other === undefined ? one === other : sameJson(one, other);
}
