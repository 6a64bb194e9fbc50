import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Arbitrary } from 'fast-check';
import { assertService } from '../node/assertService.ts';
import { SetupError } from '../node/cluster/setupError.ts';
import { isService } from '../service/definition.ts';
import type { Service } from '../service/service.ts';
import { UsageError } from '../terminal/arguments.ts';
import { fastCheckMissing, isArbitrary } from '../testing/fastCheck.ts';

/** A module that exports a service. */
export interface ServiceModule {
  readonly service: Service;
  /** All that it exports, by name. */
  readonly exported: ReadonlyMap<string, unknown>;
}

/**
 * Loads the module at this path, which exports a service as its default or as `service`. Throws a SetupError that begins with `name`
 * if it cannot be loaded, or exports none.
 */
export async function loadService(path: string, name: string): Promise<ServiceModule> {
  const exported = await exportsOf(path, name);
  const place = servicePlace(exported);
  if (place === undefined) {
    const names = [...exported.keys()].join(', ') || 'nothing';
    throw new SetupError(
      `${name}: ${path} exports ${names}. Export a service, as its default or as \`service\`.`,
    );
  }
  const service = exported.get(place);
  const words = place === 'default' ? 'the default export' : 'the export `service`';
  assertService(service, `${name}: ${words} of ${path}`);
  return { service, exported };
}

/** The name under which a module exports its service, or what should be one. */
export function servicePlace(exported: ReadonlyMap<string, unknown>): string | undefined {
  const places = ['default', 'service'].filter((place) => exported.get(place) !== undefined);
  return places.find((one) => isService(exported.get(one))) ?? places[0];
}

/** What draws the operations of a module's service, its export `operations`, if there is one. Throws a UsageError if it draws nothing. */
export function operationsIn(
  file: string,
  exported: ReadonlyMap<string, unknown>,
): Arbitrary<unknown> | undefined {
  const operations = exported.get('operations');
  if (operations === undefined || isArbitrary(operations)) return operations;
  throw new UsageError(
    `The export \`operations\` of ${file} is no arbitrary. Export one of fast-check, such as fc.nat(9).`,
  );
}

async function exportsOf(path: string, name: string): Promise<ReadonlyMap<string, unknown>> {
  if (!existsSync(path)) throw new SetupError(`${name}: there is no file ${path}.`);
  const loaded: unknown = await import(pathToFileURL(resolve(path)).href).catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new SetupError(`${name}: ${path} cannot be loaded: ${reason}.${adviceFor(path, cause)}`, { cause });
  });
  return new Map(typeof loaded === 'object' && loaded !== null ? Object.entries(loaded) : []);
}

/** What to do about the error with which a module was not loaded, as sentences; empty if it says that itself. */
function adviceFor(path: string, cause: unknown): string {
  if (!(cause instanceof Error && 'code' in cause)) return '';
  if (cause.code === 'ERR_UNKNOWN_FILE_EXTENSION' && /\.[cm]?tsx?$/.test(path))
    return (
      ` Node reads TypeScript from version 22.18 on, and this is ${process.version}: compile the file to JavaScript, or ` +
      'install tsx and write node --import tsx node_modules/.bin/viewstamped in place of npx viewstamped.'
    );
  const missing = /^Cannot find package '([^']+)'/.exec(cause.message)?.[1];
  if (missing === 'fast-check') return ` ${fastCheckMissing}`;
  return missing === undefined ? '' : ` Install it: npm install ${missing}.`;
}
