import { StorageError } from '../../impl/node/storage/stableStorage.ts';
import { openSmall } from './smallDisk.ts';

/** A program of its own: opens the directory and prints the problem, or that there is none. */
const [directory = ''] = process.argv.slice(2);
const problem = await openSmall(directory).then(
  async (storage) => {
    await storage.close();
    return 'none';
  },
  (error: unknown) => (error instanceof StorageError ? error.problem : String(error)),
);
process.stdout.write(`${JSON.stringify({ problem })}\n`);
