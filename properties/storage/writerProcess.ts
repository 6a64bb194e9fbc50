import { openDurable } from '../../impl/node/storage/durable/durableStorage.ts';
import { StorageError } from '../../impl/node/storage/stableStorage.ts';
import { imageIn } from './outcome.ts';
import { configuration, owner, SimulatedWriter } from './simulatedWriter.ts';

/**
 * A program of its own: opens the directory and writes until that fails, then tries once more. Prints the problem, the number
 * of durable entries by then, and whether the last try failed in the same way.
 */
const [directory = '', most = ''] = process.argv.slice(2);
try {
  const storage = await openDurable(directory, owner, configuration);
  const writer = new SimulatedWriter(imageIn(storage));
  let durable = writer.image.log.length;
  try {
    while (durable < Number(most)) {
      await storage.write(writer.records({ type: 'append', entries: 20, back: 0, views: 0 }));
      durable = writer.image.log.length;
    }
  } catch (error) {
    const again = await storage
      .write(writer.records({ type: 'viewRecord', views: 1 }))
      .catch((later: unknown) => later);
    print({ problem: problemOf(error), durable, again: again === error });
  }
  await storage.close();
} catch (error) {
  print({ problem: problemOf(error) });
}

function problemOf(error: unknown): string {
  return error instanceof StorageError ? error.problem : String(error);
}

function print(report: unknown): void {
  process.stdout.write(`${JSON.stringify(report)}\n`);
}
