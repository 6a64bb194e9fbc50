import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { openDurable } from '../../impl/node/storage/openDurable.ts';
import { simulatedDisk } from '../../models/storage/simulatedDisk.ts';
import { SimulatedFiles } from '../../models/storage/simulatedFiles.ts';
import { append, configuration, contentsOf, owner } from '../../models/storage/storageWriter.ts';
import { type Files, filesIn, put, scratch } from './corruptions.ts';
import { perform, readFrom } from './tampering.ts';

/** Directories that the last version with the former layout wrote, and the images that they hold. */
const written: readonly {
  readonly name: string;
  readonly image: unknown;
  readonly files: Record<string, string>;
}[] = JSON.parse(gunzipSync(readFileSync(new URL('former.json.gz', import.meta.url))).toString());

const folder = scratch();
afterAll(() => rmSync(folder, { recursive: true }));

const bytesOf = (files: Record<string, string>): Files =>
  new Map(Object.entries(files).map(([path, text]) => [path, Buffer.from(text, 'base64')]));

/** An image as a fixture holds it. */
const asJson = (image: Parameters<typeof contentsOf>[0]): unknown =>
  JSON.parse(JSON.stringify(contentsOf(image)));

test.each(written)(
  'a directory of the former layout is rewritten once ($name)',
  async ({ name, image, files }) => {
    const directory = join(folder, name);
    mkdirSync(directory);
    put(bytesOf(files), directory);
    for (const opening of [1, 2]) {
      const { image: found, findings } = await readFrom(directory);
      expect([opening, findings, asJson(found)]).toEqual([opening, '', image]);
      expect(readdirSync(directory)).not.toContain('records');
    }
    const { log } = await perform(directory, append(3));
    expect((await readFrom(directory)).image.log.checksum).toBe(log.checksum);
  },
);

test.each(written)(
  'a crash while a directory is rewritten loses nothing ($name)',
  async ({ image, files }) => {
    const write = async (disk: SimulatedFiles): Promise<void> => {
      for (const [path, bytes] of bytesOf(files)) {
        await disk.makeDirectory(path.includes('/') ? '/data/records' : '/data');
        const file = await disk.open(`/data/${path}`, true);
        await file.write(0, bytes);
        await file.sync();
      }
      for (const each of ['/data', '/data/records', '/']) await disk.syncDirectory(each);
    };
    const open = (disk: SimulatedFiles) =>
      openDurable('/data', owner, configuration, simulatedDisk(disk, 4096));
    const whole = SimulatedFiles.empty();
    await write(whole);
    const before = whole.operations;
    await (await open(whole)).close();
    for (let at = before + 1; at <= whole.operations; at++)
      for (const kept of [0, 0.3, 0.6, 0.99]) {
        const disk = SimulatedFiles.empty({ at, how: { type: 'stop' } });
        await write(disk);
        await Promise.race([open(disk), disk.stopped]);
        const storage = await open(disk.afterPowerCut(() => ({ sectors: kept > 0.5, names: kept })));
        expect([at, kept, storage.stored && asJson(storage.stored.image)]).toEqual([at, kept, image]);
        await storage.close();
      }
  },
);

test('a directory of the former layout that lacks something is left as it is, for the version that mends it', async () => {
  const { files, image } = written.find(({ name }) => name === 'checkpoints') ?? {
    files: {},
    image: undefined,
  };
  const directory = join(folder, 'corrupt');
  let left = 0;
  for (const [path, bytes] of bytesOf(files)) {
    if (!/\.(ldb|log)$/.test(path)) continue;
    const corrupt: Buffer = Buffer.from(bytes);
    corrupt[Math.floor(bytes.length / 2)] = (corrupt[Math.floor(bytes.length / 2)] ?? 0) ^ 1;
    const changed: Files = new Map<string, Buffer>([...bytesOf(files), [path, corrupt]]);
    put(changed, directory);
    const opening = await readFrom(directory).catch((error: unknown) => error);
    if (opening instanceof Error) {
      left++;
      expect(opening).toMatchObject({
        problem: 'other-version',
        message: /earlier version.*Nothing was changed/,
      });
      expect(new Map([...filesIn(directory)].filter(([name]) => name !== 'lock'))).toEqual(
        new Map([...changed].sort()),
      );
    } else expect(asJson((await readFrom(directory)).image)).toEqual(image);
  }
  expect(left).toBeGreaterThan(0);
});
