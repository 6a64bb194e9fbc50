import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { assertService } from '../node/assertService.ts';
import { SetupError } from '../node/cluster/setupError.ts';
import type { Service } from '../service/service.ts';

/** The service that is the default export of the module at this path. Throws a SetupError if there is none. */
export async function loadService(path: string): Promise<Service> {
  if (!existsSync(path)) throw new SetupError(`--service: there is no file ${path}.`);
  const loaded: unknown = await import(pathToFileURL(resolve(path)).href).catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new SetupError(`--service: ${path} cannot be loaded: ${reason}.`, { cause });
  });
  const service: unknown =
    typeof loaded === 'object' && loaded !== null && 'default' in loaded ? loaded.default : undefined;
  assertService(service, `--service: the default export of ${path}`);
  return service;
}
