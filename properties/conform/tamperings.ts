import { isStart } from '../../models/conform/format/line.ts';
import { messageChanged, receives, replaced, restarts, sends, untold } from './altered.ts';
import { lives, type Tampering } from './tamperedLives.ts';

export const tamperings: readonly Tampering[] = [
  {
    name: 'a view that no vote has started',
    rule: 'quorum-has-voted',
    about: 'start-view',
    alter: (traces) =>
      replaced(traces, 1, sends('STARTVIEW'), (line) => ({ ...line, event: { type: 'timer' } })),
  },
  {
    name: 'a view to which the replica has not moved',
    rule: 'has-moved',
    about: 'STARTVIEWCHANGE',
    alter: (traces) =>
      replaced(traces, 1, sends('STARTVIEWCHANGE'), (line) =>
        messageChanged(line, 'STARTVIEWCHANGE', { viewNumber: 2 }),
      ),
  },
  {
    name: 'a view that goes back',
    rule: 'follows-protocol',
    about: 'viewNumber',
    alter: (traces) => replaced(traces, 1, sends('STARTVIEW'), (line) => ({ ...line, viewNumber: 0 })),
  },
  {
    name: 'a commit-number ahead of the acknowledgements',
    rule: 'entry-is-committed',
    about: 'execute',
    alter: (traces) => replaced(traces, 1, receives('PREPARE'), (line) => ({ ...line, commitNumber: 1 })),
  },
  {
    name: 'a commit-number that is told and not reached',
    rule: 'told-is-executed',
    about: 'PREPARE',
    alter: (traces) =>
      replaced(traces, 0, sends('PREPARE'), (line) => messageChanged(line, 'PREPARE', { commitNumber: 1 })),
  },
  {
    name: 'an acknowledgement of entries that are not stored',
    rule: 'entries-are-held',
    about: 'PREPAREOK',
    alter: (traces) =>
      replaced(traces, 1, receives('PREPARE'), (line) => {
        if (isStart(line)) return line;
        const { stored: _, ...rest } = line;
        return rest;
      }),
  },
  {
    name: 'storage that holds what was not written',
    rule: 'follows-protocol',
    about: 'stored',
    alter: (traces) =>
      replaced(traces, 1, receives('PREPARE'), (line) => ({
        ...line,
        stored: { viewNumber: 0, lastNormalView: 0, log: null },
      })),
  },
  {
    name: 'a message that was not sent',
    rule: 'follows-protocol',
    about: 'PREPAREOK',
    alter: (traces) =>
      replaced(traces, 0, receives('PREPAREOK'), (line) =>
        line.event.type === 'message'
          ? { ...line, event: { ...line.event, message: { type: 'PREPAREOK', viewNumber: 0, opNumber: 3 } } }
          : line,
      ),
  },
  {
    name: 'an entry that is lost by a restart',
    rule: 'storage-is-kept',
    about: 'restart',
    alter: (traces) => {
      const r2 = traces[2] ?? [];
      const first = r2.find(receives('PREPARE'))?.stored ?? null;
      const after = first?.log ?? { opNumber: 0, checksum: '' };
      const index = r2.findIndex(restarts);
      const start = r2[index];
      if (start === undefined) throw new Error('It does not restart.');
      return traces.with(2, r2.with(index, { ...start, stored: first, log: { after, entries: [] } }));
    },
  },
  {
    name: 'another entry under the same number',
    rule: 'follows-protocol',
    about: 'log',
    alter: (traces) =>
      replaced(traces, 1, receives('PREPARE'), (line) => {
        const [[checksum, client, session, number, time, random] = ['', '', 0, 0, 0, 0]] =
          line.log?.entries ?? [];
        const after = line.log?.after ?? { opNumber: 0, checksum: '' };
        return {
          ...line,
          log: { after, entries: [[checksum, client, session, number, time, random, 'another']] },
        };
      }),
  },
  {
    name: 'a log that no line has shown',
    rule: 'follows-protocol',
    about: 'PREPARE',
    alter: (traces) =>
      replaced(traces, 0, sends('PREPARE'), (line) =>
        messageChanged(line, 'PREPARE', { log: { opNumber: 1, checksum: 'unknown' } }),
      ),
  },
  {
    name: 'an entry that no client has asked for',
    rule: 'client-asked',
    about: 'order',
    alter: (traces) =>
      replaced(traces, 0, sends('PREPARE'), (line) => ({ ...line, event: { type: 'timer' } })),
  },
  {
    name: 'entries that the replica has not received',
    rule: 'follows-protocol',
    about: 'log',
    alter: (traces) =>
      replaced(traces, 2, receives('PREPARE'), (line) => ({ ...line, event: { type: 'timer' } })),
  },
  {
    name: 'a vote with a part of the log only',
    rule: 'vote-is-own-log',
    about: 'DOVIEWCHANGE',
    alter: (traces) =>
      replaced(traces, 2, sends('DOVIEWCHANGE'), (line) =>
        messageChanged(line, 'DOVIEWCHANGE', { log: { opNumber: 0, checksum: '' } }),
      ),
  },
  {
    name: 'another result than that of another replica',
    rule: 'same-result',
    about: 'the promise',
    alter: (traces) =>
      replaced(
        traces,
        1,
        ({ executed = [] }) => executed.length > 0,
        (line) => ({
          ...line,
          executed: (line.executed ?? []).map(({ opNumber }) => ({ opNumber, result: 'another' })),
        }),
      ),
  },
  {
    name: 'an answer that is not the result',
    rule: 'reply-is-result',
    about: 'the promise',
    alter: (traces) =>
      replaced(traces, 0, sends('REPLY'), (line) => messageChanged(line, 'REPLY', { result: 'another' })),
  },
  {
    name: 'a failure of a request that has a result',
    rule: 'reply-is-result',
    about: 'the promise',
    alter: (traces) =>
      replaced(traces, 0, sends('REPLY'), (line) => ({
        ...line,
        sent: [{ message: { type: 'FAILED', clientId: 'ann', requestNumber: 1 } }],
      })),
  },
  {
    name: 'two answers to one request, where no result is told',
    rule: 'reply-is-result',
    about: 'the promise',
    alter: (traces) =>
      replaced(untold(traces), 0, sends('REPLY'), (line) => ({
        ...line,
        sent: ['one', 'another'].map((result) => ({
          message: { type: 'REPLY', clientId: 'ann', requestNumber: 1, result },
        })),
      })),
  },
  {
    name: 'an answer to a request that was not executed',
    rule: 'request-is-executed',
    about: 'REPLY',
    alter: (traces) =>
      replaced(traces, 0, sends('PREPARE'), (line) => ({
        ...line,
        sent: [{ message: { type: 'REPLY', clientId: 'ann', requestNumber: 1, result: 'request 1' } }],
      })),
  },
  {
    name: 'a result of an entry that is not executed',
    rule: 'in-turn',
    about: 'the promise',
    alter: (traces) =>
      replaced(traces, 1, receives('PREPARE'), (line) => ({
        ...line,
        executed: [{ opNumber: 1, result: 'x' }],
      })),
  },
  {
    name: 'a message from no replica',
    rule: 'follows-protocol',
    about: 'PREPARE',
    alter: (traces) =>
      replaced(traces, 1, receives('PREPARE'), (line) => {
        if (line.event.type !== 'message' || isStart(line)) return line;
        const { from: _, ...event } = line.event;
        return { ...line, event };
      }),
  },
  {
    name: 'another name for the same log',
    rule: 'follows-protocol',
    about: 'log',
    alter: (traces) =>
      replaced(traces, 1, receives('PREPARE'), (line) => {
        const [[, ...entry] = ['', '', 0, 0, 0, 0, null]] = line.log?.entries ?? [];
        const after = line.log?.after ?? { opNumber: 0, checksum: '' };
        return { ...line, log: { after, entries: [['another', ...entry]] } };
      }),
  },
  {
    name: 'a checkpoint of entries that are not executed',
    rule: 'told-is-executed',
    about: 'COMMIT',
    alter: (traces) =>
      replaced(traces, 1, receives('PREPARE'), (line) => ({
        ...line,
        sent: [
          {
            to: [2],
            message: {
              type: 'CHECKPOINT',
              viewNumber: 0,
              log: line.stored?.log ?? { opNumber: 0, checksum: '' },
            },
          },
        ],
      })),
  },
  {
    name: 'a question of a recovering replica by one that is up',
    rule: 'is-recovering',
    about: 'RECOVERY',
    alter: (traces) =>
      replaced(traces, 1, receives('PREPARE'), (line) => ({
        ...line,
        sent: [{ to: [0], message: { type: 'RECOVERY', nonce: '1', viewNumber: 0 } }],
      })),
  },
  ...lives,
];
