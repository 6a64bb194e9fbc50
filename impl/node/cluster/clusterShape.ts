import { z } from 'zod';
import { kindOf } from '../../service/applied.ts';
import { pathTo } from '../../service/kept.ts';
import { membersProblem } from './address.ts';

const shape = z.looseObject({
  addresses: z.array(z.looseObject({ host: z.string().min(1), port: z.int().min(0).max(65_535) })),
  mode: z.enum(['durable', 'diskless']),
  limits: z.looseObject({}),
  tick: z.number().positive(),
  connectionLimits: z.looseObject({ frame: z.number(), queue: z.number() }),
  codec: z.looseObject({ version: z.number() }),
});

/** Why a value is no cluster that can be run, in part of a sentence; undefined if it is one. It may come from JavaScript. */
export function clusterProblem(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null)
    return `it is ${kindOf(value)}. Make one with readCluster(file, 'client') or clusterOf(addresses)`;
  const parsed = shape.safeParse(value);
  if (parsed.success) return membersProblem(parsed.data.addresses);
  const { path = [], message } = parsed.error.issues[0] ?? {};
  const place = path.map((step) => (typeof step === 'number' ? `[${step}]` : pathTo(String(step)))).join('');
  return `cluster${place}: ${message}. clusterOf(addresses, settings) gives every field that is left out its default`;
}
