import { join } from 'node:path';
import { z } from 'zod';
import { parseTrace, textIn, unknownMutant, writeWhole } from '../trace/file/counterexampleFile.ts';
import { errorOf, type FormatError, must, name, printable, whole } from '../trace/file/schema.ts';
import { faultKinds } from './faults.ts';
import { type RoomViolation, roomProperties } from './judge.ts';
import { shellMutants } from './mutants/index.ts';
import type { RoomPlan, Strike } from './plan.ts';

/** A plan that breaks a property, as it is kept in a file. */
export interface RoomTrace {
  /** The mutant of the shell that breaks it, null for the shell as it was. */
  readonly mutant: string | null;
  readonly violation: RoomViolation;
  /** Whether each strike was left out alone, and the property held then. */
  readonly minimal: boolean;
  /** That of the run: with the same code it is the same again. */
  readonly digest: string;
  readonly plan: RoomPlan;
}

const format = 'viewstamped-room-trace';
const mostMilliseconds = 1_000_000_000;
const mostStrikes = 100_000;

const object = must('an object');
const flag = z.boolean(must('true or false'));
const milliseconds = whole(0, mostMilliseconds);

const strike = z.strictObject(
  {
    at: milliseconds,
    kind: z.enum(keysOf(faultKinds), must('the name of a kind of fault')),
    seed: whole(0, 2 ** 32),
    lasts: milliseconds,
  },
  object,
);

const round = z.strictObject(
  {
    storm: milliseconds,
    rest: milliseconds,
    strikes: z.array(strike, must('a list of strikes')).max(mostStrikes),
  },
  object,
);

const plan = z.strictObject(
  {
    seed: whole(-(2 ** 31), 2 ** 31),
    tick: whole(1, 60_000),
    replicas: whole(1, 7),
    clients: whole(1, 100),
    parts: whole(1, 100),
    pause: whole(1, mostMilliseconds),
    slowestSync: milliseconds,
    isRegular: flag,
    isNarrow: flag.default(false),
    isFounded: flag,
    rounds: z.array(round, must('a list of rounds')).max(mostStrikes),
  },
  object,
);

const trace = z.strictObject(
  {
    format: z.literal(format, must(`"${format}"`)),
    version: z.literal(1, must('1, the only version that is known here')),
    mutant: name.nullable(),
    violation: z.strictObject(
      { property: z.enum(keysOf(roomProperties), must('the name of a property of runs')), text: printable },
      object,
    ),
    minimal: flag,
    digest: printable,
    plan,
  },
  object,
);

/** Whether a text is that of a trace of the machine room, by its header. */
export function isRoomTrace(text: string): boolean {
  return new RegExp(`^\\s*\\{\\s*"format"\\s*:\\s*"${format}"`).test(text);
}

/** Reads a trace. `isForeign`: whatever mutant it names will do. Throws `BadCounterexample`. */
export function readRoomTrace(file: string, isForeign = false): RoomTrace {
  return parseTrace(textIn(file), file, (value): RoomTrace | FormatError => {
    const { data, error } = trace.safeParse(value);
    if (data === undefined) return errorOf(error);
    const { mutant } = data;
    const isKnown = mutant === null || isForeign || shellMutants.some((one) => one.name === mutant);
    return isKnown ? data : unknownMutant(mutant);
  });
}

/** Writes a trace into the directory, which it creates if necessary. Returns the path of the file. */
export function writeRoomTrace(
  directory: string,
  { mutant, violation, minimal, digest, plan }: RoomTrace,
): string {
  const origin = (plan.seed >>> 0).toString(16).padStart(8, '0');
  const path = join(directory, `${mutant ?? 'impl'}-${violation.property}-${origin}.json`);
  const { rounds, ...sizes } = plan;
  const head = { format, version: 1, mutant, violation, minimal, digest };
  const fields = Object.entries(head).map(([key, value]) => `  "${key}": ${JSON.stringify(value)},\n`);
  const plain = Object.entries(sizes).map(([key, value]) => `    "${key}": ${JSON.stringify(value)},\n`);
  const blocks = rounds.map(
    ({ storm, rest, strikes }) =>
      `      { "storm": ${storm}, "rest": ${rest}, "strikes": [${strikes.map(lineOfStrike).join(',')}${strikes.length > 0 ? '\n      ' : ''}] }`,
  );
  const list = `    "rounds": [\n${blocks.join(',\n')}\n    ]\n`;
  writeWhole(path, `{\n${fields.join('')}  "plan": {\n${plain.join('')}${list}  }\n}\n`);
  return path;
}

function lineOfStrike(one: Strike): string {
  return `\n        ${JSON.stringify(one)}`;
}

/** The keys of an object, of which there is at least one. */
function keysOf<Key extends string>(object: Readonly<Record<Key, unknown>>): [Key, ...Key[]] {
  const isKey = (key: string): key is Key => key in object;
  const [first, ...rest] = Object.keys(object).filter(isKey);
  if (first === undefined) throw new RangeError('There are no keys.');
  return [first, ...rest];
}

/** The names of all kinds of faults. */
export const allFaults = keysOf(faultKinds);
