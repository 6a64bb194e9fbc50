import { describe, expect, test } from 'vitest';
import {
  type Acquaintance,
  type Denial,
  denialOf,
  type Introduction,
} from '../../../impl/node/tcp/admission.ts';

const member: Introduction = { cluster: 'ours', generation: 0, starts: ['a', 'b'] };
const known: Acquaintance = {
  ...{ cluster: 'ours', generation: 0 },
  ...{ latest: { start: 'a', generation: 0 }, isAlive: false, isNewcomer: false },
};

describe('a replica that introduces itself', () => {
  test.each<[string, Partial<Introduction>, Partial<Acquaintance>, Denial | undefined]>([
    ['is admitted if its storage knows the latest start that was heard of', {}, {}, undefined],
    ['is admitted if it was never heard of', {}, { latest: null }, undefined],
    ['is not admitted from another cluster', { cluster: 'theirs' }, {}, 'other-cluster'],
    ['is admitted before this replica knows its own cluster', {}, { cluster: null }, undefined],
    ['is outdated if its storage lacks the latest start', { starts: ['b'] }, {}, 'outdated'],
    ['is a twin if another start was heard a moment ago', {}, { isAlive: true }, 'twin'],
    ['is a twin then, even with empty storage', { cluster: null }, { isAlive: true }, 'twin'],
    ['comes before a newcomer that was heard', {}, { isAlive: true, isNewcomer: true }, undefined],
    [
      'does not come before a newcomer where its cluster is not known',
      {},
      { cluster: null, isAlive: true, isNewcomer: true },
      'twin',
    ],
    ['does not come before another newcomer', { cluster: null }, { isAlive: true, isNewcomer: true }, 'twin'],
    [
      'is outdated also where a newcomer was heard',
      { starts: ['b'] },
      { isAlive: true, isNewcomer: true },
      'outdated',
    ],
    ['is outdated if it is known to have lost its memory since', {}, { generation: 1 }, 'outdated'],
    [
      'is admitted with a later loss than any that is known, whatever its starts',
      { generation: 2, starts: ['c'] },
      { generation: 1, latest: { start: 'a', generation: 1 } },
      undefined,
    ],
    ['may recover with empty storage', { cluster: null, starts: ['c'] }, { generation: 1 }, undefined],
  ])('%s', (_, other, here, denial) => {
    expect(denialOf({ ...member, ...other }, { ...known, ...here })).toBe(denial);
  });
});
