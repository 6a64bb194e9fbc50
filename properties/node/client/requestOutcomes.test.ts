import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  configure,
  createReplica,
  defineService,
  type Json,
  type Request,
  step,
} from '../../../impl/index.ts';
import { ClientSession } from '../../../impl/node/client/clientSession.ts';
import { MaybeExecutedError, NotExecutedError } from '../../../impl/node/client/errors.ts';
import { ClientGate } from '../../../impl/node/tcp/clientGate.ts';
import type { Answer } from '../../../impl/node/tcp/handshake.ts';

/** Operations are numbers, each requested once. The result is how many were executed before. */
const service = defineService({
  initial: 0,
  validate: (operation: Json) => (typeof operation === 'number' ? undefined : 'write a number'),
  apply: (count) => ({ state: count + 1, result: count }),
});

const clients = 3;
const names = Array.from({ length: clients }, (_, client) => String(client));

/** What happens, as often as it is listed. */
const stepTypes = [
  ...(['request', 'request', 'request', 'resend', 'cut', 'join', 'abort'] as const),
  ...([
    'ask',
    'ask',
    'ask',
    'ask',
    'answer',
    'answer',
    'answer',
    'lose-request',
    'lose-answer',
    'let',
  ] as const),
];

/** `which` chooses the client, the request or the message, by the rest of a division, and the clients with each role by its bits. */
const steps = fc.array(fc.record({ type: fc.constantFrom(...stepTypes), which: fc.nat(99) }), {
  ...{ minLength: 10, maxLength: 100 },
  size: 'max',
});

/** What became of a request, and how often it was executed up to then. */
interface Outcome {
  readonly text: string;
  readonly result: Json;
  readonly executed: number;
}

/**
 * Clients of a group of one replica, which keeps two sessions, and whose gate lets some clients be registered and some write. The
 * network delivers each message once at most, in any order. No timer fires.
 */
class World {
  /** The operations, in the order in which they were executed. */
  readonly executed: Json[] = [];
  readonly outcomes = new Map<number, Outcome>();
  private readonly configuration = configure(1, 'diskless', service, { sessions: 2, window: 2 });
  private readonly replica = createReplica(this.configuration, 0);
  private readonly gate = new ClientGate(
    {},
    {
      ...{ configuration: this.configuration, isConnected: () => true, now: () => 0 },
      clientTable: () => this.replica.clientTable,
    },
  );
  private readonly requests: Request[] = [];
  private readonly answers: Answer[] = [];
  private readonly controllers: AbortController[] = [];
  private readonly cut = new Set<number>();
  private readonly sessions = names.map((name, client) => {
    const session = new ClientSession({
      ...{ configuration: this.configuration, name, tick: 1 },
      clock: { now: () => 0, after: () => () => undefined },
      canSend: () => !this.cut.has(client),
      send: (_, request) => {
        if (this.cut.has(client)) return 0;
        return Math.min(this.requests.push(request), 1);
      },
    });
    return { name, session, connection: {} };
  });

  async happen(type: (typeof stepTypes)[number], which: number): Promise<void> {
    const client = which % clients;
    switch (type) {
      case 'request':
        this.request(client);
        break;
      case 'resend':
        this.sessions[client]?.session.resend();
        break;
      case 'cut':
        this.cut.add(client);
        break;
      case 'join':
        this.cut.delete(client);
        this.sessions[client]?.session.submit();
        break;
      case 'abort':
        this.controllers[which % this.controllers.length]?.abort();
        break;
      case 'ask':
        this.ask(taken(this.requests, which));
        break;
      case 'answer':
        this.answer(taken(this.answers, which));
        break;
      case 'lose-request':
        taken(this.requests, which);
        break;
      case 'lose-answer':
        taken(this.answers, which);
        break;
      case 'let': {
        const having = (bits: number) => names.filter((_, client) => ((bits >> client) & 1) === 1);
        this.gate.access = { roles: { write: having(which), read: having(which >> clients) } };
        break;
      }
    }
    // What became of requests is noted before anything else happens.
    await setImmediate();
  }

  /** Lets all that is under way arrive, until each request has an outcome. */
  async end(): Promise<void> {
    this.gate.access = {};
    for (let client = 0; client < clients; client++) await this.happen('join', client);
    for (let round = 0; this.outcomes.size < this.controllers.length; round++) {
      if (round > 200) throw new Error('Some requests never have an outcome.');
      const client = round % clients;
      await this.happen('resend', client);
      while (this.requests.length > 0) await this.happen('ask', 0);
      while (this.answers.length > 0) await this.happen('answer', 0);
    }
    while (this.requests.length > 0) await this.happen('ask', 0);
  }

  private request(client: number): void {
    const controller = new AbortController();
    const operation = this.controllers.push(controller) * clients + client;
    const note = (text: string, result: Json): void => {
      this.outcomes.set(operation, { text, result, executed: this.timesExecuted(operation) });
    };
    const session = this.sessions[client]?.session;
    const before = session?.clientId;
    session?.request(operation, { signal: controller.signal }).then(
      (result) => note(session.clientId === before ? 'answered' : 'answered, in a later session', result),
      (error: unknown) => {
        if (!(error instanceof NotExecutedError || error instanceof MaybeExecutedError)) throw error;
        note(`${error.name} ${error.reason}`, null);
      },
    );
  }

  timesExecuted(operation: number): number {
    return this.executed.filter((other) => other === operation).length;
  }

  private ask(message: Request | undefined): void {
    const client = message && this.sessions[Number.parseInt(message.clientId, 10)];
    if (message === undefined || client === undefined) return;
    const { clientId, requestNumber } = message;
    const refused = this.gate.check(client, message);
    if (refused !== undefined) {
      const { reason, because } = refused;
      this.answers.push({
        type: 'refused',
        clientId,
        requestNumber,
        reason,
        isEarlier: because === 'earlier',
      });
      return;
    }
    for (const output of step(this.replica, { type: 'message', message, reading: { time: 0, random: 0 } })) {
      if (output.type === 'executed') this.executed.push(output.request.operation);
      if (output.type === 'reply') this.answers.push(output.message);
    }
  }

  private answer(answer: Answer | undefined): void {
    if (answer === undefined || !('clientId' in answer) || answer.type === 'rejected') return;
    const client = this.sessions[Number.parseInt(answer.clientId, 10)];
    if (answer.type === 'refused') client?.session.refused(answer);
    else client?.session.receive(answer);
  }
}

function taken<Message>(messages: Message[], which: number): Message | undefined {
  const [message] = messages.splice(which % messages.length, 1);
  return message;
}

/** What is wrong with an outcome, seen from the end of the run. */
function problemOf(world: World, operation: number, { text, result, executed }: Outcome): string | undefined {
  const times = world.timesExecuted(operation);
  if (times > 1) return 'it was executed again';
  switch (text) {
    case 'answered':
    case 'answered, in a later session':
      return world.executed[Number(result)] === operation && executed === 1
        ? undefined
        : 'its answer is wrong';
    case 'MaybeExecutedError evicted':
      return times === executed ? undefined : 'it was executed after that';
    case 'MaybeExecutedError aborted':
      return undefined;
    default:
      return times === 0 ? undefined : 'it was executed';
  }
}

test('a request is executed as its outcome says, and those of a client in their order', async () => {
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(steps, async (steps) => {
      const world = new World();
      for (const { type, which } of steps) await world.happen(type, which);
      await world.end();
      for (const [operation, outcome] of world.outcomes) {
        expect(problemOf(world, operation, outcome), `${outcome.text}: request ${operation}`).toBeUndefined();
        const times = world.timesExecuted(operation);
        seen.add(`${outcome.text}; executed ${outcome.executed}, ${times - outcome.executed} later`);
      }
      for (let client = 0; client < clients; client++) {
        const own = world.executed.map(Number).filter((operation) => operation % clients === client);
        expect(own).toEqual(own.toSorted((one, other) => one - other));
      }
    }),
    { numRuns: 400 },
  );
  expect([...seen].sort()).toEqual([
    'MaybeExecutedError aborted; executed 0, 0 later',
    'MaybeExecutedError aborted; executed 0, 1 later',
    'MaybeExecutedError aborted; executed 1, 0 later',
    'MaybeExecutedError evicted; executed 0, 0 later',
    'MaybeExecutedError evicted; executed 1, 0 later',
    'NotExecutedError aborted; executed 0, 0 later',
    'NotExecutedError refused; executed 0, 0 later',
    'answered, in a later session; executed 1, 0 later',
    'answered; executed 1, 0 later',
  ]);
});
