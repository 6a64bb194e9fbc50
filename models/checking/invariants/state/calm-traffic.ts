import type { SettledInvariant } from '../invariant.ts';

/**
 * A group of K replicas at rest needs for an entry: the REQUEST, which a backup may forward; PREPARE to each of the K − 1
 * backups and PREPAREOK from each; the REPLY. These are 2K + 1 messages and K − 1 copies of the entry. One heartbeat tells
 * the K − 1 backups that the last entry is committed, and each of them answers. No other timer fires.
 */
export const calmTraffic: SettledInvariant = {
  name: 'calm-traffic',
  level: 'state',
  prose:
    'For a request to a group of K replicas at rest, at most 2K + 1 messages are sent for each entry that it takes, ' +
    'those from and to the client included, and 2K − 2 more at the end. They carry each entry at most K − 1 times.',
  evidence: {
    reached: { answered: 200 },
    brokenBy: { mutant: 'ack-resends-prepare', replicas: 3, mode: 'durable' },
  },
  check({ configuration: { size } }, { calm }) {
    if (calm === undefined) return undefined;
    const { messages, entries, copies, chars, entryChars } = calm;
    if (messages > (2 * size + 1) * entries + 2 * (size - 1))
      return `${messages} messages were sent in a group of ${size} at rest, which executed ${entries} entries.`;
    if (copies > (size - 1) * entries || chars > (size - 1) * entryChars)
      return `The messages in a group of ${size} at rest carried ${copies} copies of ${entries} entries, ${chars} characters.`;
    return undefined;
  },
};
