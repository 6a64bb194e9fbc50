import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { flipBit, limitFileSize, unlimitFileSize, writeTorn } from '../../models/processes/tcp/disk.ts';

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

const fractions = Array.from({ length: 50 }, (_, step) => step / 50);

describe('a torn write', () => {
  it('puts bytes behind the content of the last segment of the log, and changes no other file', async () => {
    const [older, newer] = [kept('log-03', 'older'), kept('log-05', 'newer')];
    const table = kept('checkpoint-07', 'table');
    const lengths = new Set<number>();
    for (const at of fractions) {
      writeFileSync(newer, `newer${'\0'.repeat(9000)}`);
      await writeTorn(folder, at);
      const torn = readFileSync(newer, 'latin1').replace(/\0+$/, '');
      expect(torn.startsWith('newer') && torn.length > 5 && torn.length <= 5 + 4096).toBe(true);
      lengths.add(torn.length);
    }
    expect(lengths.size).toBeGreaterThan(40);
    expect([older, table].map((file) => readFileSync(file, 'utf8'))).toEqual(['older', 'table']);
  });

  it('does nothing in a directory without logs', async () => {
    await writeTorn(folder, 0.5);
  });
});

describe('a bit flip', () => {
  it('changes one bit of one file, in any file that is not empty', async () => {
    mkdirSync(join(folder, 'within'));
    const files = [kept('a', Buffer.alloc(100)), kept('within/b', Buffer.alloc(300)), kept('empty', '')];
    const changed = new Set<string>();
    for (const at of fractions) {
      for (const file of files.slice(0, 2)) writeFileSync(file, Buffer.alloc(file.endsWith('a') ? 100 : 300));
      await flipBit(folder, at);
      const bits = files.map((file) => [...readFileSync(file)].flatMap((byte) => [...byte.toString(2)]));
      const flipped = bits.map((digits) => digits.filter((digit) => digit === '1').length);
      expect(flipped.reduce((sum, count) => sum + count, 0)).toBe(1);
      changed.add(files[flipped.indexOf(1)] ?? '');
    }
    expect([...changed].toSorted()).toEqual(files.slice(0, 2));
  });
});

// Only on Linux can one process limit another.
describe.runIf(process.platform === 'linux')('a full disk', () => {
  it('cuts a write off and fails it until there is space again', async () => {
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
      const [output] = await once(writer.stdout, 'data');
      return String(output).trim();
    };
    try {
      expect(await answer()).toBe('ok');
      await limitFileSize(writer.pid ?? 0, folder, 0.25);
      expect(await answer()).toBe('EFBIG');
      // The part that fits was written.
      expect(readFileSync(file).length).toBe(6000 + 1024);
      // Other processes are not limited.
      appendFileSync(file, 'z');
      await unlimitFileSize(writer.pid ?? 0);
      expect(await answer()).toBe('ok');
    } finally {
      writer.kill('SIGKILL');
      await once(writer, 'exit');
    }
    await unlimitFileSize(writer.pid ?? 0);
  });
});
