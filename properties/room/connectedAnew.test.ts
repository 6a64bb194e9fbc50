import { expect, test } from 'vitest';
import type { RoomPlan } from '../../models/room/plan.ts';
import { runRoom } from '../../models/room/runRoom.ts';
import { shellWith } from '../../models/room/shell.ts';

/**
 * No machine reaches another for two minutes, and the next primary stands still meanwhile. It starts its view before it learns that its
 * connections are dead, and STARTVIEW is lost with them. A hunt of 265 runs came upon it.
 */
const plan: RoomPlan = {
  ...{ seed: 303987411, tick: 500, replicas: 4, clients: 1, parts: 1, pause: 15_570 },
  ...{ slowestSync: 3, isRegular: false, isNarrow: true, isFounded: true },
  rounds: [
    { storm: 8_369, rest: 19_880, strikes: [{ at: 0, kind: 'freeze', seed: 624587449, lasts: 4_545 }] },
    {
      ...{ storm: 118_071, rest: 0 },
      strikes: [
        { at: 0, kind: 'darkness', seed: 222728245, lasts: 118_071 },
        { at: 14_810, kind: 'freeze', seed: 1368206984, lasts: 103_261 },
      ],
    },
  ],
};

test('a view starts soon after its primary has connected anew', async () => {
  expect((await runRoom(plan)).violations).toEqual([]);
});

test('a view starts late if what waits for an answer is not sent again once its primary has connected anew', async () => {
  const edit = { find: 'onAdmitted: () => this.driver.reached(),', replace: 'onAdmitted: () => undefined,' };
  const shell = await shellWith('admitted-and-not-asked', [{ file: 'node/server.ts', ...edit }]);
  const { violations } = await runRoom(plan, { shell });
  expect(violations.map(({ property }) => property)).toContain('answered-in-time');
});
