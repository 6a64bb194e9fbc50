import { Log } from '../../impl/index.ts';
import { unpredicted } from '../unpredicted.ts';

/** The log of one request by each of these clients, to set the key of the client's name. */
export function logOf(...keys: readonly string[]): Log {
  return keys.reduce((log, key) => {
    const operation = { type: 'set', key, value: 1 };
    const request = {
      type: 'REQUEST',
      operation,
      clientId: `${key}/0`,
      session: 0,
      requestNumber: 1,
    } as const;
    return log.append({ ...request, predicted: unpredicted });
  }, Log.empty);
}
