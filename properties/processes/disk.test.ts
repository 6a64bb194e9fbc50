import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fill, flip, free, tear } from '../../models/processes/tcp/disk.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'viewstamped-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function kept(name: string, content: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const chances = Array.from({ length: 50 }, (_, step) => step / 50);

describe('a torn write', () => {
  it('leaves something behind what was written last, and harms nothing else', async () => {
    const [older, newer] = [kept('000003.log', 'older'), kept('000005.log', 'newer')];
    utimesSync(older, 1, 1);
    const table = kept('000004.ldb', 'table');
    const lengths = new Set<number>();
    for (const at of chances) {
      writeFileSync(newer, 'newer');
      await tear(folder, at);
      const torn = readFileSync(newer, 'latin1');
      expect(torn.startsWith('newer') && torn.length > 5 && torn.length <= 5 + 4096).toBe(true);
      lengths.add(torn.length);
    }
    expect(lengths.size).toBeGreaterThan(40);
    expect([older, table].map((file) => readFileSync(file, 'utf8'))).toEqual(['older', 'table']);
  });

  it('is none where nothing was written', async () => {
    await tear(folder, 0.5);
  });
});

describe('a flipped bit', () => {
  it('is one bit of one file, and may be any', async () => {
    mkdirSync(join(folder, 'within'));
    const files = [kept('a', Buffer.alloc(100)), kept('within/b', Buffer.alloc(300)), kept('empty', '')];
    const struck = new Set<string>();
    for (const at of chances) {
      for (const file of files.slice(0, 2)) writeFileSync(file, Buffer.alloc(file.endsWith('a') ? 100 : 300));
      await flip(folder, at);
      const bits = files.map((file) => [...readFileSync(file)].flatMap((byte) => [...byte.toString(2)]));
      const flipped = bits.map((digits) => digits.filter((digit) => digit === '1').length);
      expect(flipped.reduce((sum, count) => sum + count, 0)).toBe(1);
      struck.add(files[flipped.indexOf(1)] ?? '');
    }
    expect([...struck].toSorted()).toEqual(files.slice(0, 2));
  });
});

// Only Linux lets one process limit another.
describe.runIf(process.platform === 'linux')('a full disk', () => {
  it('cuts a write off, and fails it, until there is room again', async () => {
    const file = kept('journal', 'x'.repeat(1000));
    const program = `
      const { appendFileSync } = require('node:fs');
      process.stdin.on('data', () => {
        try { appendFileSync(${JSON.stringify(file)}, 'y'.repeat(5000)); console.log('ok'); }
        catch (error) { console.log(error.code); }
      });`;
    const writer = spawn(process.execPath, ['-e', program], { stdio: ['pipe', 'pipe', 'inherit'] });
    const answer = async (): Promise<string> => {
      writer.stdin.write('.');
      const [said] = await once(writer.stdout, 'data');
      return String(said).trim();
    };
    try {
      expect(await answer()).toBe('ok');
      await fill(writer.pid ?? 0, folder, 0.25);
      expect(await answer()).toBe('EFBIG');
      // What fits is there.
      expect(readFileSync(file).length).toBe(6000 + 1024);
      // Nobody else is limited.
      appendFileSync(file, 'z');
      await free(writer.pid ?? 0);
      expect(await answer()).toBe('ok');
    } finally {
      writer.kill('SIGKILL');
      await once(writer, 'exit');
    }
    await free(writer.pid ?? 0);
  });
});
