import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { fileGiven } from '../../models/cli/options/file.ts';

it('a file to write is one that may be replaced: no folder, no device, and not the empty name', () => {
  const folder = mkdtempSync(join(tmpdir(), 'viewstamped-'));
  try {
    const there = join(folder, 'there');
    writeFileSync(there, '');
    for (const file of [there, join(folder, 'new')]) expect(fileGiven('--itf', file)).toBe(file);
    for (const file of [folder, '/dev/null', join(folder, 'none', 'new'), ''])
      expect(() => fileGiven('--itf', file)).toThrow(
        `--itf must be a file that can be written, and '${file}'`,
      );
  } finally {
    rmSync(folder, { recursive: true });
  }
});
