import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  blankImage,
  configure,
  createReplica,
  fork,
  foundedAtOnce,
  keyValueService,
  type Message,
  type Output,
  type Replica,
  step,
} from '../../../impl/index.ts';
import { binaryCodec } from '../../../impl/node/encoding/codec.ts';
import { encodeMessage, messageSchema } from '../../../impl/node/encoding/messageSchema.ts';

const configuration = configure(3, 'durable', keyValueService, { checkpointEvery: 3 });
const schema = messageSchema(configuration);

/** Number of corrupt messages tried; a million now and then. */
const runs = Number(process.env.VIEWSTAMPED_CORRUPT_MESSAGES ?? 5_000);

/** The messages of a group's short life, with a view change and a recovery, and its second replica at the end. */
function life(): { readonly sent: readonly Message[]; readonly witness: Replica } {
  const replicas = [0, 1, 2].map((number) => createReplica(configuration, number));
  const sent: Message[] = [];
  const queue: (readonly [to: number, message: Message])[] = [];
  const take = (to: number, input: Parameters<typeof step>[1]): void => {
    const replica = replicas[to];
    if (replica !== undefined) for (const output of step(replica, input)) perform(to, output);
  };
  const perform = (number: number, output: Output): void => {
    if (output.type === 'send') queue.push([output.to, output.message]);
    if (output.type === 'write') take(number, { type: 'durable', write: output.write });
  };
  const run = (to: number, input: Parameters<typeof step>[1]): void => {
    take(to, input);
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      sent.push(next[1]);
      take(next[0], { type: 'message', message: next[1] });
    }
  };
  for (const number of [0, 1, 2]) run(number, { type: 'start' });
  const ask = (to: number, requestNumber: number, operation: Message & { type: 'REQUEST' }): void => {
    sent.push(operation);
    run(to, { type: 'message', message: { ...operation, requestNumber } });
  };
  const request = {
    type: 'REQUEST',
    clientId: 'c/0',
    session: 0,
    requestNumber: 0,
    operation: null,
  } as const;
  ask(0, 0, request);
  for (let number = 1; number <= 5; number++)
    ask(0, number, { ...request, session: 1, operation: { type: 'set', key: `k${number}`, value: number } });
  run(0, { type: 'timer', timer: 'heartbeat' });
  run(1, { type: 'timer', timer: 'suspect' });
  const stranger = createReplica(configuration, 2);
  replicas[2] = stranger;
  const membership = foundedAtOnce(stranger.configuration);
  const image = { ...blankImage, membership, isCorrupt: true };
  run(2, {
    type: 'restart',
    stored: { image, records: [] },
    incarnation: 2,
    name: '2',
  });
  for (let again = 0; again < 3; again++) run(2, { type: 'timer', timer: 'resend' });
  return { sent, witness: replicas[1] ?? stranger };
}

const { sent, witness } = life();

test('the corrupt messages are of nearly all types', () => {
  expect(new Set(sent.map(({ type }) => type)).size).toBeGreaterThanOrEqual(9);
});

test.each(sent.map((message) => [message.type, message] as const))(
  'a %s comes out of a frame as it went in',
  (_, message) => {
    const back = schema.parse(binaryCodec.decode(binaryCodec.encode(encodeMessage(message))));
    expect(JSON.parse(JSON.stringify(back))).toEqual(JSON.parse(JSON.stringify(message)));
  },
);

/** Any value that a corrupt or forged frame may hold in some place. */
const anything = fc.oneof(
  fc.constantFrom(undefined, null, -1, 0.5, Number.NaN, 2 ** 53, 1e300, '', 'x', true, [], {}, [[]], {
    type: 'x',
  }),
  fc.jsonValue(),
);

/** The value with another value in one place. */
function corrupted(value: unknown, path: readonly number[], other: unknown): unknown {
  const [first, ...rest] = path;
  if (first === undefined || typeof value !== 'object' || value === null) return other;
  if (Array.isArray(value)) {
    if (value.length === 0) return other;
    const place = first % value.length;
    return value.with(place, corrupted(value[place], rest, other));
  }
  const names = Object.keys(value);
  const name = names[first % Math.max(1, names.length)];
  if (name === undefined) return other;
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [key, key === name ? corrupted(part, rest, other) : part]),
  );
}

test('a corrupt message is rejected, dropped or handled as it stands, and breaks no replica', () => {
  const counts = { schema: 0, rejected: 0, dropped: 0, handled: 0 };
  fc.assert(
    fc.property(
      fc.nat(),
      fc.array(fc.nat(), { minLength: 1, maxLength: 6 }),
      anything,
      (which, path, other) => {
        const message = sent[which % sent.length];
        if (message === undefined) return;
        const plain = binaryCodec.decode(binaryCodec.encode(encodeMessage(message)));
        const parsed = schema.safeParse(corrupted(plain, path, other));
        if (!parsed.success) {
          counts.schema++;
          return;
        }
        const replica = fork(witness);
        const { commitNumber, viewNumber } = replica;
        const [output] = step(replica, { type: 'message', message: parsed.data });
        if (output?.type === 'rejected') counts.rejected++;
        else if (output?.type === 'dropped') counts.dropped++;
        else counts.handled++;
        expect(replica.commitNumber).toBeGreaterThanOrEqual(commitNumber);
        expect(replica.viewNumber).toBeGreaterThanOrEqual(viewNumber);
      },
    ),
    { numRuns: runs },
  );
  for (const count of Object.values(counts)) expect(count).toBeGreaterThan(0);
});
