import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type ClientMessage,
  configure,
  createReplica,
  defineService,
  type Json,
  type Request,
  step,
} from '../../impl/index.ts';
import { ClientSession } from '../../impl/node/client/clientSession.ts';
import { MaybeExecutedError, NotExecutedError } from '../../impl/node/client/errors.ts';

/** Operations are numbers, each requested once. The result is how many were executed before. */
const service = defineService({
  initial: 0,
  validate: (operation: Json) => (typeof operation === 'number' ? undefined : 'write a number'),
  apply: (count) => ({ state: count + 1, result: count }),
});

const clients = 3;

/** What happens, as often as it is listed. */
const stepTypes = [
  ...(['request', 'request', 'request', 'resend', 'cut', 'join', 'abort'] as const),
  ...(['ask', 'ask', 'ask', 'ask', 'answer', 'answer', 'answer', 'lose-request', 'lose-answer'] as const),
];

/** `which` chooses the client, the request or the message, by the rest of a division. */
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
 * Clients of a group of one replica, which keeps two sessions. The network delivers each message once at most, in any order. No
 * timer fires.
 */
class World {
  /** The operations, in the order in which they were executed. */
  readonly executed: Json[] = [];
  readonly outcomes = new Map<number, Outcome>();
  private readonly configuration = configure(1, 'diskless', service, { sessions: 2, window: 2 });
  private readonly replica = createReplica(this.configuration, 0);
  private readonly requests: Request[] = [];
  private readonly answers: ClientMessage[] = [];
  private readonly controllers: AbortController[] = [];
  private readonly cut = new Set<number>();
  private readonly sessions = Array.from({ length: clients }, (_, client) => {
    return new ClientSession({
      ...{ configuration: this.configuration, name: String(client), tick: 1 },
      clock: { now: () => 0, after: () => () => undefined },
      canSend: () => !this.cut.has(client),
      send: (_, request) => (this.cut.has(client) ? 0 : Math.min(this.requests.push(request), 1)),
    });
  });

  async happen(type: (typeof stepTypes)[number], which: number): Promise<void> {
    const client = which % clients;
    switch (type) {
      case 'request':
        this.request(client);
        break;
      case 'resend':
        this.sessions[client]?.resend();
        break;
      case 'cut':
        this.cut.add(client);
        break;
      case 'join':
        this.cut.delete(client);
        this.sessions[client]?.submit();
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
    }
    // What became of requests is noted before anything else happens.
    await setImmediate();
  }

  /** Lets all that is under way arrive, until each request has an outcome. */
  async end(): Promise<void> {
    for (let client = 0; client < clients; client++) await this.happen('join', client);
    for (let round = 0; this.outcomes.size < this.controllers.length; round++) {
      if (round > 60) throw new Error('Some requests never have an outcome.');
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
    const session = this.sessions[client];
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
    if (message === undefined) return;
    for (const output of step(this.replica, { type: 'message', message, reading: { time: 0, random: 0 } })) {
      if (output.type === 'executed') this.executed.push(output.request.operation);
      if (output.type === 'reply') this.answers.push(output.message);
    }
  }

  private answer(message: ClientMessage | undefined): void {
    if (message !== undefined)
      for (const session of this.sessions)
        if (session.clientId === message.clientId) session.receive(message);
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
    'answered, in a later session; executed 1, 0 later',
    'answered; executed 1, 0 later',
  ]);
});
