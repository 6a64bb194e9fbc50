import { expect, it } from 'vitest';
import { configure, keyValueService } from '../../impl/index.ts';
import { groupOf } from '../../spec/protocol/index.ts';

it.each([1, 2, 3, 4, 5, 6, 7])('a group of %i has the quorum that the implementation gives it', (size) => {
  const { tolerated, quorum } = configure(size, 'durable', keyValueService, { sessions: Infinity });
  expect(groupOf(size, 'durable')).toEqual({
    ...{ size, tolerated, quorum, mode: 'durable', sessions: Infinity },
    reads: false,
  });
  expect(2 * quorum).toBeGreaterThan(size);
});
