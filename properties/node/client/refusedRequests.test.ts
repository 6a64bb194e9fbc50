import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ClientRecord, configure, keyValueService, type Request, Tree } from '../../../impl/index.ts';
import { ClientSession } from '../../../impl/node/client/clientSession.ts';
import { NotExecutedError } from '../../../impl/node/client/errors.ts';
import { ClientGate } from '../../../impl/node/tcp/clientGate.ts';
import type { Answer } from '../../../impl/node/tcp/handshake.ts';

const replicas = 3;
const configuration = configure(replicas, 'durable', keyValueService, { sessions: 9, window: 3 });

type Command =
  | { readonly type: 'request' | 'retry' }
  /** The replica, or the client, reads the next message of this connection. */
  | { readonly type: 'take' | 'read'; readonly at: number }
  /** The connection is lost, with all that was on its way. */
  | { readonly type: 'lose'; readonly at: number }
  /** The replica lets the client write, or not. It has executed by then what the group has. */
  | { readonly type: 'let'; readonly at: number; readonly may: boolean };

const at = fc.nat({ max: replicas - 1 });
const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 3, arbitrary: fc.constant<Command>({ type: 'request' }) },
  { weight: 1, arbitrary: fc.constant<Command>({ type: 'retry' }) },
  { weight: 6, arbitrary: fc.record({ type: fc.constantFrom('take' as const, 'read' as const), at }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('lose' as const), at }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('let' as const), at, may: fc.boolean() }) },
);

/** How a request ended for its caller. */
type Ending = 'open' | 'answered' | 'refused' | 'odd';

/**
 * One client of three replicas whose gates let it write or not. Behind the gates a group executes the requests of a session in
 * the order of their numbers, each once. The operation of request `i` sets the key `i`.
 */
class Run {
  readonly endings: Ending[] = [];
  /** The keys that were set, in order. */
  readonly executed: string[] = [];
  private readonly links = Array.from({ length: replicas }, () => newLink());
  /** The client-table of the group, and those of the replicas, which lag. */
  private table = Tree.empty<ClientRecord>();
  private readonly tables = this.links.map(() => this.table);
  private readonly gates = this.links.map(
    (_, at) =>
      new ClientGate(
        { roles: { write: [] } },
        {
          ...{ configuration, isConnected: () => true, now: () => 0 },
          clientTable: () => this.tables[at] ?? this.table,
        },
      ),
  );
  private readonly session = new ClientSession({
    ...{ configuration, name: 'ann', tick: 1 },
    clock: { now: () => 0, after: () => () => undefined },
    send: (to, request) => {
      this.links[to]?.requests.push(request);
      return 1;
    },
  });
  private readonly latest = new Map<string, number>();

  do(command: Command): void {
    switch (command.type) {
      case 'request':
        return this.request();
      case 'retry':
        return this.session.resend();
      case 'take':
        return this.take(command.at);
      case 'read':
        return this.read(command.at);
      case 'lose':
        this.links[command.at] = newLink();
        return;
      case 'let': {
        const gate = this.gates[command.at];
        if (gate !== undefined) gate.access = { roles: { write: command.may ? ['ann'] : [] } };
        this.tables[command.at] = this.table;
        return;
      }
    }
  }

  /** Lets the client write everywhere, and everything arrive, until nothing is open. */
  async settle(): Promise<void> {
    for (let round = 0; round < 50; round++) {
      for (let at = 0; at < replicas; at++) this.do({ type: 'let', at, may: true });
      for (let times = 0; times < 50; times++)
        for (let at = 0; at < replicas; at++) {
          this.take(at);
          this.read(at);
        }
      this.session.resend();
      await new Promise(setImmediate);
      if (!this.endings.includes('open')) return;
    }
  }

  private request(): void {
    const index = this.endings.length;
    this.endings.push('open');
    const end = (ending: Ending): void => {
      this.endings[index] = ending;
    };
    this.session.request({ type: 'set', key: String(index), value: 1 }).then(
      () => end('answered'),
      (error: unknown) => end(wasRefused(error) ? 'refused' : 'odd'),
    );
  }

  private take(at: number): void {
    const link = this.links[at];
    const request = link?.requests.shift();
    if (link === undefined || request === undefined) return;
    const refused = this.gates[at]?.check({ connection: link, name: 'ann' }, request);
    const { clientId, requestNumber } = request;
    if (refused !== undefined) {
      const { because, reason } = refused;
      link.answers.push({
        type: 'refused',
        clientId,
        requestNumber,
        reason,
        isEarlier: because === 'earlier',
      });
    } else if (this.execute(request))
      link.answers.push({ type: 'REPLY', viewNumber: 0, clientId, requestNumber, result: 1 });
  }

  /** Whether the request is answered: a request whose predecessor is missing is not. */
  private execute({ clientId, requestNumber, operation }: Request): boolean {
    const latest = this.latest.get(clientId) ?? -1;
    if (requestNumber > latest + 1) return false;
    if (requestNumber <= latest) return true;
    this.latest.set(clientId, requestNumber);
    this.table = this.table.set(clientId, { session: 1, requestNumber, results: [], opNumber: 1 });
    const isSet = typeof operation === 'object' && operation !== null && 'key' in operation;
    if (isSet) this.executed.push(String(operation.key));
    return true;
  }

  private read(at: number): void {
    const answer = this.links[at]?.answers.shift();
    if (answer?.type === 'refused') this.session.refused(answer);
    else if (answer?.type === 'REPLY') this.session.receive(answer);
  }
}

function wasRefused(error: unknown): boolean {
  return error instanceof NotExecutedError && error.reason === 'refused';
}

function newLink(): { readonly requests: Request[]; readonly answers: Answer[] } {
  return { requests: [], answers: [] };
}

/** The endings that all runs of the property had. */
const reached = new Map<string, number>();

test('a request that was refused had no effect, and any other is executed once, whatever the gates let pass', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(command, { maxLength: 120, size: 'max' }), async (commands) => {
      const run = new Run();
      for (const one of commands) {
        run.do(one);
        await Promise.resolve();
      }
      await run.settle();
      for (const [index, ending] of run.endings.entries()) {
        reached.set(ending, (reached.get(ending) ?? 0) + 1);
        const times = run.executed.filter((key) => key === String(index)).length;
        expect({ index, ending, times }).toEqual({ index, ending, times: ending === 'answered' ? 1 : 0 });
      }
      // Those that are executed are, in the order of the calls.
      expect(run.executed).toEqual(run.executed.toSorted((left, right) => Number(left) - Number(right)));
      expect(run.endings.filter((ending) => ending === 'open' || ending === 'odd')).toEqual([]);
    }),
    { numRuns: 500 },
  );
  expect([...reached.keys()].toSorted()).toEqual(['answered', 'refused']);
});

test('a request after one that was refused is sent anew, and answered', async () => {
  const run = new Run();
  for (const at of [0, 1, 2]) run.do({ type: 'let', at, may: true });
  run.do({ type: 'request' });
  run.do({ type: 'take', at: 0 });
  run.do({ type: 'read', at: 0 });
  run.do({ type: 'let', at: 0, may: false });
  run.do({ type: 'request' });
  run.do({ type: 'take', at: 0 });
  run.do({ type: 'take', at: 0 });
  run.do({ type: 'read', at: 0 });
  run.do({ type: 'read', at: 0 });
  await run.settle();
  expect(run.endings).toEqual(['refused', 'answered']);
  expect(run.executed).toEqual(['1']);
});

describe('a client session', () => {
  /** A session, by default without registration, and what it sends. */
  function session(sessions = Number.POSITIVE_INFINITY) {
    const sent: Request[] = [];
    const session = new ClientSession({
      ...{ configuration: configure(3, 'durable', keyValueService, { sessions }) },
      ...{ name: 'ann', tick: 1, clock: { now: () => 0, after: () => () => undefined } },
      send: (_, request) => {
        sent.push(request);
        return 1;
      },
    });
    const refuse = (requestNumber: number, isEarlier: boolean, clientId = session.clientId): void =>
      session.refused({ type: 'refused', clientId, requestNumber, reason: 'no', isEarlier });
    const answer = (type: 'REPLY' | 'EVICTED', requestNumber: number): void => {
      const { clientId } = session;
      session.receive({ type, viewNumber: 0, clientId, requestNumber, result: 1 });
    };
    const request = (key: string): Promise<unknown> =>
      session.request({ type: 'get', key }).catch((error) => error);
    const sentSince = (since: number) =>
      sent.slice(since).map(({ requestNumber, operation }) => [requestNumber, operation]);
    return { session, request, refuse, answer, sent, sentSince };
  }

  test('takes back no request while a copy of a later one is on its way, which its number would let in', async () => {
    const { request, refuse, sent, sentSince } = session();
    const first = request('a');
    void request('b');
    const before = sent.length;
    refuse(1, false);
    expect(sentSince(before)).toEqual([]);
    refuse(2, true);
    expect(sentSince(before)).toEqual([[1, { type: 'get', key: 'b' }]]);
    expect(wasRefused(await first)).toBe(true);
  });

  test('sends a request that waits for an earlier one no faster than one that was lost', () => {
    const { request, refuse, sent, sentSince } = session();
    void request('a');
    const before = sent.length;
    refuse(1, true);
    expect(sentSince(before)).toEqual([]);
  });

  test('forgets why a request was refused whose number another one has', async () => {
    const { request, refuse, sent, sentSince } = session();
    const before = [request('a'), request('b')];
    refuse(2, false);
    refuse(1, false);
    expect((await Promise.all(before)).map(wasRefused)).toEqual([true, true]);
    void request('c');
    void request('d');
    const since = sent.length;
    refuse(2, true);
    refuse(1, false);
    expect(sentSince(since)).toEqual([[1, { type: 'get', key: 'd' }]]);
  });

  test('counts no copy of a session that has ended', async () => {
    const { session: one, request, refuse, answer } = session(8);
    const { clientId } = one;
    void request('a');
    answer('REPLY', 0);
    one.resend();
    answer('EVICTED', 1);
    const second = request('b');
    refuse(0, false);
    expect(wasRefused(await second)).toBe(true);
    const third = request('c');
    answer('REPLY', 0);
    refuse(1, false, clientId);
    answer('REPLY', 1);
    expect(await third).toBe(1);
  });
});
