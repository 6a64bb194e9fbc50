import type { Setup } from './world.ts';

/** A variant of a group: the settings that are tried, their text, and the simpler settings, without it first. */
interface Variant {
  readonly tried: readonly ((setup: Setup) => Setup)[];
  text(setup: Setup): string | undefined;
  simpler(setup: Setup): readonly Setup[];
}

/** The numbers below `number`, of these. */
function below(number: number, ...numbers: readonly number[]): readonly number[] {
  return numbers.filter((other) => other < number);
}

const pieces: Variant = {
  tried: [(setup) => ({ ...setup, maxChars: 1 })],
  text: ({ maxChars }) => {
    if (maxChars === undefined) return undefined;
    return maxChars === 1
      ? 'log entries sent one by one'
      : `log entries sent in pieces of ${maxChars} characters`;
  },
  simpler: ({ maxChars = 1, ...rest }) => [
    rest,
    ...below(maxChars, 1).map((value) => ({ ...rest, maxChars: value })),
  ],
};

const batches: Variant = {
  // Several requests wait only with more clients.
  tried: [(setup) => ({ ...setup, pipeline: 1, clients: setup.clients + 2 })],
  text: ({ pipeline }) => {
    if (pipeline === undefined) return undefined;
    return pipeline === 1 ? 'one PREPARE at a time' : `${pipeline} PREPAREs at a time`;
  },
  simpler: ({ pipeline = 1, ...rest }) => [
    rest,
    ...below(pipeline, 1, 2, 3).map((value) => ({ ...rest, pipeline: value })),
  ],
};

const checkpoints: Variant = {
  // A checkpoint after each entry reaches most of the checkpoint code; after every second, entries lie
  // between them.
  tried: [(setup) => ({ ...setup, checkpointEvery: 1 }), (setup) => ({ ...setup, checkpointEvery: 2 })],
  text: ({ checkpointEvery: every }) =>
    every === undefined
      ? undefined
      : `a checkpoint after every ${every === 1 ? 'entry' : `${every} entries`}`,
  simpler: ({ checkpointEvery = 1, ...rest }) => [
    rest,
    ...below(checkpointEvery, 1, 2, 3).map((every) => ({ ...rest, checkpointEvery: every })),
  ],
};

const sessions: Variant = {
  // With one more client than sessions, one is always evicted; with one session, clients evict each other.
  tried: [
    (setup) => ({ ...setup, sessions: setup.clients, clients: setup.clients + 1 }),
    (setup) => ({ ...setup, sessions: 1, clients: Math.max(2, setup.clients) }),
  ],
  text: ({ sessions: most }) =>
    most === undefined ? undefined : `${most} ${most === 1 ? 'session' : 'sessions'} at a time`,
  simpler: ({ sessions: most = 1, ...rest }) => [
    rest,
    ...below(most, 1, 2, 3).map((fewer) => ({ ...rest, sessions: fewer })),
  ],
};

const windows: Variant = {
  tried: [],
  text: ({ window }) =>
    window === undefined
      ? undefined
      : `${window} ${window === 1 ? 'request' : 'requests'} outstanding at each client`,
  simpler: ({ window = 1, ...rest }) => [
    rest,
    ...below(window, 1, 2, 3, 4, 5, 6).map((fewer) => ({ ...rest, window: fewer })),
  ],
};

const inPlace: Variant = {
  tried: [(setup) => ({ ...setup, inPlace: true })],
  text: ({ inPlace }) => inPlace && 'stepped in place',
  simpler: ({ inPlace, ...rest }) => [rest],
};

const encoded: Variant = {
  tried: [(setup) => ({ ...setup, codec: 'json' }), (setup) => ({ ...setup, codec: 'binary' })],
  text: ({ codec }) => codec && `messages in the ${codec} codec`,
  simpler: ({ codec, ...rest }) => [
    rest,
    ...(codec === 'binary' ? [{ ...rest, codec: 'json' } as const] : []),
  ],
};

const lateCheckpoints: Variant = {
  tried: [],
  text: ({ lateCheckpoints }) => lateCheckpoints && 'storage that writes checkpoints late',
  simpler: ({ lateCheckpoints, ...rest }) => [rest],
};

const founding: Variant = {
  tried: [(setup) => ({ ...setup, unfounded: true })],
  text: ({ unfounded }) => unfounded && 'not founded yet',
  simpler: ({ unfounded, ...rest }) => [rest],
};

/** What breaks when too much is lost shows nothing about the usual groups, so no search tries it unasked. */
const overload: Variant = {
  tried: [],
  text: ({ overload }) => overload && 'losing more than it tolerates',
  simpler: ({ overload, ...rest }) => [rest],
};

const latencies: Variant = {
  // A round trip of one tick is the longest that the delays of the timers allow for.
  tried: [(setup) => ({ ...setup, maxChars: 1, latency: 0.5 })],
  text: ({ latency }) => (latency === undefined ? undefined : `messages that take ${latency} ticks`),
  simpler: ({ latency, ...rest }) => [rest],
};

const services: Variant = {
  tried: [(setup) => ({ ...setup, service: 'failing' }), (setup) => ({ ...setup, service: 'reading' })],
  text: ({ service }) => {
    if (typeof service === 'object') return `the service of ${service.file}`;
    return (
      service &&
      {
        failing: 'a service that fails at some operations',
        bulky: 'a bulky service',
        reading: 'a service with reads',
      }[service]
    );
  },
  // The requests of a user's service have operations of their own; those of the group are for requests while it settles.
  simpler: ({ service, ...rest }) => {
    if (typeof service !== 'object') return [rest];
    const [first, ...others] = service.operations;
    if (first === undefined || others.length === 0) return [];
    return [{ ...rest, service: { ...service, operations: [first] } }];
  },
};

const frames: Variant = {
  tried: [({ maxChars, ...setup }) => ({ ...setup, frameBytes: 4400, service: 'bulky' })],
  text: ({ frameBytes }) => (frameBytes === undefined ? undefined : `frames of ${frameBytes} bytes`),
  simpler: ({ frameBytes, service, ...rest }) => [rest],
};

const impurities: Variant = {
  tried: [],
  text: ({ impure }) =>
    impure && `r${impure.replica} executes differently from operation ${impure.from} on (${impure.part})`,
  simpler: ({ impure, ...rest }) => [
    rest,
    ...(impure === undefined
      ? []
      : below(impure.from, 1, 2, 3).map((from) => ({ ...rest, impure: { ...impure, from } }))),
  ],
};

const alterations: Variant = {
  tried: [],
  text: ({ altered }) => altered && `r${altered.replica} restarts with another entry ${altered.opNumber}`,
  simpler: ({ altered, ...rest }) => [
    rest,
    ...(altered === undefined
      ? []
      : below(altered.opNumber, 1, 2).map((opNumber) => ({ ...rest, altered: { ...altered, opNumber } }))),
  ],
};

const variants: readonly Variant[] = [
  ...[pieces, batches, checkpoints, sessions, windows, inPlace, encoded, lateCheckpoints],
  ...[founding, overload, latencies, services, frames, impurities, alterations],
];

/** The group's variants as text, each after a comma. */
export function variantsText(setup: Setup): string {
  return variants
    .map(({ text }) => text(setup))
    .flatMap((text) => (text ? [`, ${text}`] : []))
    .join('');
}

/** The group with one of its variants simpler or gone, and with one client fewer: every way to do one of these. */
export function simplifications(setup: Setup): readonly Setup[] {
  const { clients } = setup;
  const simpler = variants.flatMap((variant) =>
    variant.text(setup) === undefined ? [] : variant.simpler(setup),
  );
  return clients > 1 ? [...simpler, { ...setup, clients: clients - 1 }] : simpler;
}

/**
 * These groups, each also with every setting of one other variant, and each of those also with every
 * checkpoint setting.
 */
export function withVariants(setups: readonly Setup[]): readonly Setup[] {
  const settings = [
    ...pieces.tried,
    ...batches.tried,
    ...sessions.tried,
    ...inPlace.tried,
    ...encoded.tried,
    ...founding.tried,
    ...latencies.tried,
    ...services.tried,
    ...frames.tried,
  ];
  const groups = setups.flatMap((setup) => [setup, ...settings.map((tried) => tried(setup))]);
  return groups.flatMap((setup) => [setup, ...checkpoints.tried.map((tried) => tried(setup))]);
}
