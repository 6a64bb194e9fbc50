import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { assertService } from '../node/assertService.ts';
import { SetupError } from '../node/cluster/setupError.ts';
import type { Service } from '../service/service.ts';

/** What the module at this path exports, by name. Throws a SetupError that begins with `name` if it cannot be loaded. */
export async function exportsOf(path: string, name: string): Promise<ReadonlyMap<string, unknown>> {
  if (!existsSync(path)) throw new SetupError(`${name}: there is no file ${path}.`);
  const loaded: unknown = await import(pathToFileURL(resolve(path)).href).catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new SetupError(`${name}: ${path} cannot be loaded: ${reason}.`, { cause });
  });
  return new Map(typeof loaded === 'object' && loaded !== null ? Object.entries(loaded) : []);
}

/** The service that is the default export of the module at this path. Throws a SetupError if there is none. */
export async function loadService(path: string): Promise<Service> {
  const service = (await exportsOf(path, '--service')).get('default');
  assertService(service, `--service: the default export of ${path}`);
  return service;
}
