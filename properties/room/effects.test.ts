import { expect, it } from 'vitest';
import { Chance } from '../../models/processes/chance.ts';
import { Effects, effectOf, sightOf } from '../../models/room/effects.ts';
import { RoomNetwork } from '../../models/room/network.ts';
import { RoomTime } from '../../models/room/time.ts';

const nothing = { texts: [], machines: new Set<string>() };

it('A strike matters if a machine that it hit reacts while it lasts, or soon after', () => {
  const effects = new Effects(50);
  const hit = { texts: ['r1 is down'], machines: new Set(['r1']) };
  const end = effects.strike('kill', hit);
  effects.note(10, 'r2 closed c0:49152 ');
  effects.note(10, 'r1 {"level":30,"msg":"ready"}');
  expect(effects.result.get('kill')).toEqual({ struck: 1, mattered: 0 });
  end(100);
  effects.note(2_100, 'r2 closed r1:1 ECONNRESET');
  expect(effects.result.get('kill')).toEqual({ struck: 1, mattered: 1 });
  effects.note(2_100, 'r1 {"level":40,"msg":"rejected"}');
  expect(effects.result.get('kill')).toEqual({ struck: 1, mattered: 1 });
  effects.strike('kill', hit)(100);
  effects.note(2_101, 'r1 {"level":40,"msg":"rejected"}');
  expect(effects.result.get('kill')).toEqual({ struck: 2, mattered: 1 });
});

it('A strike that changed nothing that can be seen matters if a server warns', () => {
  const effects = new Effects(50);
  effects.strike('clockJump', nothing);
  effects.note(10, 'r0 closed r1:1 ');
  expect(effects.result.get('clockJump')?.mattered).toBe(0);
  effects.note(10, 'r0 {"level":40,"msg":"the clock of this machine is wrong"}');
  expect(effects.result.get('clockJump')?.mattered).toBe(1);
});

it('What a strike did is told as the change of what can be seen', () => {
  const network = new RoomNetwork(new RoomTime(), new Chance(1, 'network'));
  const room = {
    network,
    replicas: [],
    programs: [],
    chance: new Chance(1, 'x'),
    round: 0,
    replaceClient: () => undefined,
  };
  const before = sightOf(room);
  network.refusing.add('r1');
  expect(effectOf(before, sightOf(room)).texts).toEqual(['r1 refuses connections']);
  expect(effectOf(before, before).texts).toEqual([]);
});
