import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { type Document, LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { type ConfigurationOptions, maxReplicas } from '../../replica/data/configuration.ts';
import { frameProblem, maxCharsProblem } from '../../replica/data/limits.ts';
import { binaryCodec, jsonCodec } from '../encoding/codec.ts';
import type { Access } from './access.ts';
import { type Address, membersProblem, memberTextProblem, parseAddress } from './address.ts';
import {
  type Cluster,
  type ConnectionLimits,
  clockBoundProblem,
  clusterOf,
  queueProblem,
  usualLimits,
} from './cluster.ts';
import { SetupError } from './setupError.ts';
import { credentialsProblem, isReplicaName, type TlsCredentials } from './tlsCredentials.ts';

const atLeastOne = z.int().min(1);
const path = z.string().min(1);

const tlsSchema = z.strictObject({ ca: path, certificate: path, key: path });

const names = z
  .array(
    z
      .string()
      .min(1)
      .refine((name) => !isReplicaName(name), 'a replica has no role: it takes part in the group'),
  )
  .optional();
const rolesSchema = z.strictObject({ read: names, write: names, admin: names, metrics: names });

const plainSchema = z.strictObject({
  replicas_addresses: z
    .array(
      z.string().superRefine((text, context) => {
        const message = memberTextProblem(text);
        if (message !== undefined) context.addIssue({ code: 'custom', message });
      }),
    )
    .min(1)
    .max(maxReplicas),
  mode: z.enum(['durable', 'diskless']).optional(),
  tick_milliseconds: atLeastOne.max(60_000).optional(),
  sessions: atLeastOne.optional(),
  window: atLeastOne.optional(),
  checkpoint_every: atLeastOne.optional(),
  pipeline: atLeastOne.optional(),
  max_chars: atLeastOne.optional(),
  frame_bytes: atLeastOne.max(2 ** 30).optional(),
  queue_bytes: atLeastOne.min(1024).optional(),
  codec: z.enum(['binary', 'json']).optional(),
  clock_bound_milliseconds: atLeastOne.optional(),
  tls: tlsSchema.optional(),
  roles: rolesSchema.optional(),
  sessions_per_name: atLeastOne.optional(),
  requests_per_second_per_name: atLeastOne.optional(),
});

const fileSchema = plainSchema.superRefine((fields, context) => {
  const shared = membersProblem(addressesIn(fields));
  if (shared !== undefined)
    context.addIssue({ code: 'custom', path: ['replicas_addresses'], message: shared });
  const problem = clockBoundProblem(fields.clock_bound_milliseconds, fields.tick_milliseconds);
  if (problem !== undefined)
    context.addIssue({ code: 'custom', path: ['clock_bound_milliseconds'], message: problem });
  const { frame, queue } = connectionLimitsIn(fields);
  const { max_chars: maxChars } = fields;
  const problems = {
    frame_bytes: frameProblem(frame),
    max_chars: maxChars === undefined ? undefined : maxCharsProblem(maxChars, frame),
    queue_bytes: queueProblem({ frame, queue }),
  };
  if (fields.tls === undefined)
    for (const field of ['roles', 'sessions_per_name', 'requests_per_second_per_name'] as const)
      if (fields[field] !== undefined)
        context.addIssue({
          code: 'custom',
          path: [field],
          message: 'names come from certificates: it needs tls',
        });
  for (const [field, message] of Object.entries(problems))
    if (message !== undefined) context.addIssue({ code: 'custom', path: [field], message });
});
type Fields = z.infer<typeof fileSchema>;

/**
 * Reads a cluster from a YAML file. Paths under `tls` are relative to the file; in them `{name}` stands for `who`:
 * `replica-0`, or `client`. Throws a SetupError that names the line and the field of the first mistake, and
 * of the first unknown field.
 */
export function readCluster(file: string, who: string): Cluster {
  const fields = fieldsIn(file, read(file, 'Name one with --config.'));
  const { mode, codec, tick_milliseconds: tick } = fields;
  const addresses = addressesIn(fields);
  const usual = clusterOf(addresses);
  const limits: ConfigurationOptions = {
    sessions: fields.sessions,
    window: fields.window,
    checkpointEvery: fields.checkpoint_every,
    pipeline: fields.pipeline,
    maxChars: fields.max_chars,
    clockBound: fields.clock_bound_milliseconds,
  };
  return {
    addresses,
    mode: mode ?? usual.mode,
    limits,
    tick: tick ?? usual.tick,
    connectionLimits: connectionLimitsIn(fields),
    codec: codec === 'binary' ? binaryCodec : jsonCodec,
    tls: secretsIn(fields, file, who),
    access: accessIn(fields),
  };
}

function addressesIn({ replicas_addresses: texts }: Pick<Fields, 'replicas_addresses'>): readonly Address[] {
  return texts.flatMap((text) => parseAddress(text) ?? []);
}

function connectionLimitsIn({
  frame_bytes: frame = usualLimits.frame,
  queue_bytes: queue = usualLimits.queue,
}: Pick<Fields, 'frame_bytes' | 'queue_bytes'>): ConnectionLimits {
  return { frame, queue };
}

function accessIn({ roles, ...fields }: Fields): Access {
  return {
    roles,
    sessionsPerName: fields.sessions_per_name,
    requestsPerSecondPerName: fields.requests_per_second_per_name,
  };
}

function secretsIn({ tls }: Fields, file: string, who: string): TlsCredentials | undefined {
  if (tls === undefined) return undefined;
  const pem = (field: string, path: string): string =>
    read(
      resolve(dirname(file), path.replaceAll('{name}', who)),
      `${file} names it as tls.${field}. Put it there, or name another.`,
    );
  const secrets = {
    ca: pem('ca', tls.ca),
    cert: pem('certificate', tls.certificate),
    key: pem('key', tls.key),
  };
  const problem = credentialsProblem(secrets);
  if (problem === undefined) return secrets;
  throw new SetupError(`${file}: tls: ${problem}: compare the files that it names for ${who}.`);
}

function read(file: string, advice: string): string {
  try {
    return utf8.decode(readFileSync(file));
  } catch (error) {
    throw new SetupError(`Cannot read ${file}: ${reasonOf(error)}. ${advice}`);
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error ? String(error.code) : '';
  return readErrors[code] ?? error.message;
}

const readErrors: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a directory',
  EACCES: 'it may not be read',
  ERR_ENCODING_INVALID_ENCODED_DATA: 'it is no text in UTF-8',
};

function fieldsIn(file: string, text: string): Fields {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'error' });
  const [error] = document.errors;
  if (error !== undefined)
    throw new SetupError(
      `${file}, line ${lines.linePos(error.pos[0]).line}: this is not YAML: ${error.message.replace(/\.$/, '')}.`,
    );
  const values = valuesIn(file, document);
  if (values === null || values === undefined)
    throw new SetupError(`${file} is empty: write replicas_addresses, as in ${example}.`);
  const parsed = fileSchema.safeParse(values);
  if (parsed.success) return parsed.data;
  const { issues } = parsed.error;
  // A misspelt field is often the reason why another one is missing, so it is named as well.
  const unknown = issues.find(({ code }) => code === 'unrecognized_keys');
  const other = issues.find(({ code }) => code !== 'unrecognized_keys');
  const mistakes = [unknown, other].flatMap((issue) => (issue === undefined ? [] : [mistake(issue)]));
  throw new SetupError(mistakes.join('\n'));

  function mistake(issue: z.core.$ZodIssue): string {
    const isUnknown = issue.code === 'unrecognized_keys';
    const path = isUnknown ? [...issue.path, ...issue.keys.slice(0, 1)] : issue.path;
    const { shape } = schemaOf(issue.path[0]);
    const advice = isUnknown ? ` Known fields: ${Object.keys(shape).join(', ')}.` : '';
    return `${file}, line ${placeOf(path)}: ${path.join('.') || 'the file'}: ${issue.message}.${advice}`;
  }

  function placeOf(path: readonly PropertyKey[]): number {
    // A missing field has no line: the line of the field around it is given.
    for (let length = path.length; length > 0; length--) {
      const node = document.getIn(path.slice(0, length), true);
      const range = typeof node === 'object' && node !== null && 'range' in node ? node.range : undefined;
      if (Array.isArray(range) && typeof range[0] === 'number') return lines.linePos(range[0]).line;
    }
    return 1;
  }
}

/** The least that a file holds. */
const example = 'replicas_addresses: [one.example:14621, two.example:14621, three.example:14621]';

function schemaOf(field: PropertyKey | undefined) {
  if (field === 'tls') return tlsSchema;
  return field === 'roles' ? rolesSchema : plainSchema;
}

/** The library finds an alias without an anchor, or one that multiplies without bound, only here. */
function valuesIn(file: string, document: Document): unknown {
  try {
    return document.toJS();
  } catch (error) {
    throw new SetupError(`${file}: this is not YAML: ${reasonOf(error)}.`);
  }
}
