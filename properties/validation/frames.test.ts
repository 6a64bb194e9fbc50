import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  answerTo,
  type Configuration,
  configure,
  createReplica,
  type Entry,
  type Json,
  Log,
  ledgerService,
  type Message,
  questionAt,
  step,
  Tree,
  validateRequest,
} from '../../impl/index.ts';
import { bytesOf } from '../../models/world/frames.ts';
import { realImplementation } from '../../models/world/implementation.ts';
import { asInVrr } from '../asInVrr.ts';

/** A service that accepts and answers anything. */
const echo = { ...ledgerService, validate: () => undefined };

/** Texts of one character of JSON or more for each of their own: of one to three bytes, escaped, or in pairs. */
const characters = fc.constantFrom('a', '€', '\u0001', '"', '😀', 'ä');
/** Values of which a character of JSON takes most bytes in one codec or the other. */
const dense: fc.Arbitrary<(chars: number) => Json> = fc.oneof(
  characters.map((character) => (chars: number) => textOf(character, chars)),
  fc.constant((chars: number) => listOf('0.5', chars)),
  fc.constant((chars: number) => listOf('""', chars)),
  fc.constant((chars: number) => listOf('{}', chars)),
  fc.constant((chars: number) => listOf('-129', chars)),
);

/** A text with so many characters of JSON, or as many as fit. */
function textOf(character: string, chars: number): string {
  const each = JSON.stringify(character).length - 2;
  return character.repeat(Math.max(0, Math.floor((chars - 2) / each)));
}

/** A list of this value with so many characters of JSON, or as many as fit. */
function listOf(json: string, chars: number): Json {
  const count = Math.max(0, Math.floor((chars - 2) / (json.length + 1)));
  return Array.from({ length: count }, () => JSON.parse(json));
}

const name = characters.map((character) => character.repeat(Math.floor(256 / character.length)));
const most = Number.MAX_SAFE_INTEGER;

/** Every configuration in which the bounds on messages differ. */
const configurations = fc
  .record({
    frameBytes: fc.integer({ min: 4288, max: 60_000 }),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  .map(({ frameBytes, share }) => {
    const { contentChars } = configure(3, 'durable', echo, { frameBytes });
    const maxChars = Math.max(1, Math.floor(share * contentChars));
    return configure(3, 'durable', echo, { ...asInVrr, frameBytes, maxChars });
  });

function expectFits({ frameBytes }: Configuration, message: Parameters<typeof bytesOf>[1]): void {
  expect(bytesOf({ implementation: realImplementation }, message)).toBeLessThanOrEqual(frameBytes);
}

describe('every message at its largest fits in a frame, in all configurations', () => {
  test('that carries a request, or entries of the log', () => {
    fc.assert(
      fc.property(
        configurations,
        dense,
        name,
        fc.integer({ min: 1, max: 5 }),
        (configuration, make, clientId, count) => {
          const { operationChars, maxChars } = configuration;
          const request = { type: 'REQUEST', clientId, session: most, requestNumber: most } as const;
          const predicted = { time: most, random: 2 ** 32 - 1 };
          const whole: Entry = { ...request, operation: make(operationChars), predicted };
          const small: Entry = { ...request, clientId: 'c', operation: make(maxChars / 3), predicted };
          expect(validateRequest({ ...configuration, sessions: 1 }, whole)).toBeUndefined();
          expectFits(configuration, whole);
          let log = Log.empty.append(whole);
          for (let more = 1; more < count; more++) log = log.append(more % 2 === 0 ? whole : small);
          const generations = Array.from({ length: 31 }, () => most);
          const numbers = { viewNumber: most, opNumber: most, commitNumber: most, lastNormalView: most };
          const pieces = [
            log.tail(maxChars),
            ...Array.from({ length: count }, (_, after) => log.piece(after, maxChars)),
          ];
          for (const suffix of pieces) {
            const messages: readonly Message[] = [
              { type: 'PREPARE', ...numbers, suffix },
              { type: 'DOVIEWCHANGE', ...numbers, suffix, replicaNumber: 30, generations },
              { type: 'STARTVIEW', ...numbers, suffix },
              { type: 'NEWSTATE', ...numbers, suffix, replicaNumber: 30 },
              {
                type: 'RECOVERYRESPONSE',
                viewNumber: most,
                nonce: clientId.slice(0, 64),
                state: { suffix, opNumber: most, commitNumber: most },
                replicaNumber: 30,
                membership: { founders: generations.map(() => '0123456789abcdef'), generations },
              },
            ];
            for (const message of messages) expectFits(configuration, message);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  test('that carries a result', () => {
    fc.assert(
      fc.property(configurations, dense, name, (configuration, make, clientId) => {
        const result = make(configuration.contentChars);
        expectFits(configuration, { type: 'REPLY', viewNumber: most, clientId, requestNumber: most, result });
      }),
      { numRuns: 300 },
    );
  });

  test('that asks about a checkpoint, or answers with parts of any size', () => {
    const sizes = fc.array(fc.tuple(dense, fc.integer({ min: 0, max: 4000 })), {
      minLength: 1,
      maxLength: 40,
    });
    fc.assert(
      fc.property(configurations, sizes, fc.integer({ min: 0, max: 9000 }), (configuration, parts, from) => {
        const tree = Tree.empty<Json>().with(
          parts.map(([make, size], index) => [`${index}`, make(size)] as const),
        );
        const asked = Math.max(1, Math.min(Math.floor(configuration.maxChars / 400), 1024));
        const paths = ['', ...Array.from({ length: asked - 1 }, (_, index) => (index % 16).toString(16))];
        const questions = paths.map((path) => questionAt(Tree.empty<Json>(), path));
        const numbers = { viewNumber: most, opNumber: most };
        expectFits(configuration, {
          ...{ type: 'GETCHECKPOINT', ...numbers, part: 'state', from: most, replicaNumber: 30 },
          questions: questions.map(({ path }) => ({
            path: path.padEnd(7, 'f'),
            digests: Array.from({ length: 16 }, () => 'f'.repeat(16)),
          })),
        });
        const answer = answerTo(questions, tree, configuration, from);
        const digests = { table: 'f'.repeat(16), state: 'f'.repeat(16) };
        expectFits(configuration, {
          ...{ type: 'CHECKPOINT', ...numbers, time: most, checksum: 'f'.repeat(16), digests },
          exchanged: { part: 'state', paths, answer },
          replicaNumber: 30,
        });
      }),
      { numRuns: 300 },
    );
  });
});

describe('what is too large for a message', () => {
  test('is refused before it is ordered, if it is an operation, and the reason says how large it is', () => {
    const configuration = configure(1, 'diskless', echo, { ...asInVrr, frameBytes: 5000 });
    const { operationChars } = configuration;
    const asking = (operation: Json) =>
      validateRequest(configuration, {
        type: 'REQUEST',
        operation,
        clientId: 'c',
        session: 0,
        requestNumber: 1,
      });
    expect(operationChars).toBe(301);
    expect(asking('€'.repeat(299))).toBeUndefined();
    expect(asking('€'.repeat(300))).toEqual({ code: 'operation-too-long', chars: 302, maxChars: 301 });
    expect(asking('"'.repeat(150))).toEqual({ code: 'operation-too-long', chars: 302, maxChars: 301 });
  });

  test('makes an operation fail, if it is its result', () => {
    const sized = {
      ...echo,
      apply: (state: unknown, size: Json) => ({ state, result: '€'.repeat(Number(size)) }),
    };
    const configuration = configure(1, 'diskless', sized, { ...asInVrr, frameBytes: 5000 });
    const ended = [982, 983].map((operation) => {
      const message = { type: 'REQUEST', operation, clientId: 'c', session: 0, requestNumber: 1 } as const;
      const outputs = step(createReplica(configuration, 0), { type: 'message', message });
      return outputs.find(({ type }) => type === 'executed' || type === 'failed');
    });
    expect(ended).toMatchObject([
      { type: 'executed' },
      {
        type: 'failed',
        problem: 'its result has 985 characters of JSON, and a message carries at most 984',
      },
    ]);
  });

  test('is no configuration, and the reason gives the arithmetic', () => {
    const withLimits = (limits: object) => () => configure(3, 'durable', echo, limits);
    expect(withLimits({ frameBytes: 4287 })).toThrow(
      'Not possible: a message takes 2048 bytes, an entry of the log in it 2048, and a small operation 192, which makes 4288 bytes, and a frame has 4287: allow frames of 4288 bytes or more.',
    );
    expect(withLimits({ frameBytes: 5000, maxChars: 985 })).toThrow(
      'Not possible: 985 characters of 3 bytes and 2048 bytes around them make 5003 bytes, and a frame has 5000: allow 984 characters or fewer, or frames of 5003 bytes or more.',
    );
    expect(withLimits({ frameBytes: 5000, maxChars: 984 })()).toMatchObject({
      maxChars: 984,
      contentChars: 984,
    });
    expect(withLimits({ frameBytes: 5000 })().maxChars).toBe(984);
    expect(withLimits({})()).toMatchObject({
      maxChars: 262_144,
      operationChars: 65_536,
      contentChars: 348_842,
    });
    expect(withLimits({ frameBytes: 0 })).toThrow(RangeError);
  });
});
