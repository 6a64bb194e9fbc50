import { expect, test } from 'vitest';
import { crc32c } from '../../impl/node/storage/crc32c.ts';

test('checksums are those of RFC 3720, appendix B.4', () => {
  const [zeros, ones] = [Buffer.alloc(32), Buffer.alloc(32, 0xff)];
  const rising = Uint8Array.from({ length: 32 }, (_, index) => index);
  expect([zeros, ones, rising].map((bytes) => crc32c(bytes).toString(16))).toEqual([
    '8a9136aa',
    '62a8ab43',
    '46dd794e',
  ]);
});
