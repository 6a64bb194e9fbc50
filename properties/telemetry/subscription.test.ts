import { afterEach, expect, test, vi } from 'vitest';
import { channels, eventTypes, hasSubscribers, listen } from '../../impl/node/telemetry/channels.ts';
import { DirectGroup } from './directGroup.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

async function published(): Promise<readonly string[]> {
  const spies = eventTypes.map((type) => vi.spyOn(channels[type], 'publish'));
  const group = new DirectGroup({ sessions: 1, checkpointEvery: 1 }).start();
  const session = await group.register('client');
  await group.ask(0, 'client', session, 1, { type: 'set', key: 'a', value: '1' });
  await group.register('other');
  group.stop();
  return eventTypes.filter((_, index) => (spies[index]?.mock.calls.length ?? 0) > 0);
}

test('no event is published without a subscriber', async () => {
  expect(hasSubscribers()).toBe(false);
  expect(await published()).toEqual([]);
});

test('only subscribed events are published', async () => {
  const ends = [listen({ committed: () => undefined }), listen({ 'leadership-stop': () => undefined })];
  expect(hasSubscribers()).toBe(true);
  expect(await published()).toEqual(['leadership-stop', 'committed']);
  for (const end of ends) end();
  expect(hasSubscribers()).toBe(false);
});

test('the end of what began without a subscriber is published with its duration', async () => {
  const group = new DirectGroup().start();
  await group.register('client');
  const durations: number[] = [];
  const end = listen({ 'leadership-stop': ({ duration }) => void durations.push(duration) });
  group.stop();
  end();
  expect(durations).toEqual([expect.any(Number)]);
  expect(durations[0]).toBeGreaterThan(0);
});
