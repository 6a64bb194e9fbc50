import { expect, test } from 'vitest';
import { Group } from './group.ts';

test('a fetched checkpoint leaves nothing on stable storage of the entries that it replaces, VRR §5.1', () => {
  const group = new Group(3, 'durable', 'at once', { checkpointEvery: 2, pipeline: 20 });
  group.ask('a', 'a');
  group.run();
  // The primary alone holds these.
  for (const key of 'bcdefghij') {
    group.ask(key, key);
    group.deliver('REQUEST');
    group.lose('PREPARE');
  }
  group.lose();
  group.fire(1, 'suspect');
  group.run({ without: [0] });
  for (const key of 'mnopqrs') {
    group.ask(key, key);
    const { length } = group.answers;
    group.run({ without: [0] });
    if (group.answers.length === length) group.retry(key);
    group.run({ without: [0] });
  }
  group.fire(1, 'heartbeat');
  group.run();
  // It has dropped as many entries as the fetched checkpoint stands for.
  expect(group.replica(0).log).toMatchObject({ base: 8, checksum: group.replica(1).log.checksum });
  expect(group.disk(0).image.log.checksum).toBe(group.replica(0).log.checksum);
  group.crash(0);
  group.restart(0);
  group.run();
  group.ask('z', 'z');
  group.run();
  expect(group.alarms).toEqual([]);
  expect(group.replica(0).log.checksum).toBe(group.replica(1).log.checksum);
});
