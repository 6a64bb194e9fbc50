import type { RefusedScript } from '../follow.ts';
import {
  acknowledgementsOf,
  adopting,
  answerOf,
  entryOf,
  executing,
  logOf,
  ordering,
  recoveryOf,
  restarting,
  said,
  sending,
  served,
  starting,
  submitting,
  voteOf,
} from './steps.ts';

/** Runs in which a replica recovers with what a rule refuses: it loses an entry that it has acknowledged. */
export const recoveries: readonly RefusedScript[] = [
  {
    name: 'a replica recovers with an answer to another replica, which recovered before',
    shows:
      'Restarts of two replicas may have the same nonce: an answer counts only for the replica that asked.',
    mode: 'diskless',
    clients: 1,
    refusedBy: 'recover/answers-to-this-restart',
    steps: (empty) => {
      const a = logOf(empty, entryOf('c0', 1));
      const [first, second] = [recoveryOf(2, 1, 0), recoveryOf(1, 1, 0)];
      const early = answerOf(0, first, 0, empty);
      const backup = answerOf(0, first, 1);
      const late = answerOf(0, second, 2);
      return [
        submitting('c0', 1),
        ...restarting(2),
        ...said(first, early, backup),
        { action: 'recover', replica: 2, answers: [early, backup], message: early },
        ...served(0, 1, 0, a, entryOf('c0', 1)),
        ...restarting(1),
        ...said(second, late),
        { action: 'recover', replica: 1, answers: [early, late], message: early },
      ];
    },
  },
  {
    name: 'a replica recovers with an answer that has no log',
    shows: 'A backup that answers tells no log: without one the replica would be normal with nothing.',
    mode: 'diskless',
    clients: 1,
    refusedBy: 'recover/log-of-that-view',
    steps: (empty) => {
      const a = logOf(empty, entryOf('c0', 1));
      const asked = recoveryOf(2, 1, 0);
      const answers = [answerOf(0, asked, 0, a), answerOf(0, asked, 1)];
      return [
        submitting('c0', 1),
        ...served(0, 2, 0, a, entryOf('c0', 1)),
        ...restarting(2),
        ...said(asked, ...answers),
        ...answers.slice(1).map((message) => ({ action: 'recover', replica: 2, answers, message }) as const),
      ];
    },
  },
  {
    name: 'a replica recovers with a log that begins as the primary has told, and that no replica has sent',
    shows: 'The replica would acknowledge an entry of the view, and hold another one in its place.',
    mode: 'diskless',
    clients: 2,
    refusedBy: 'recover/log-of-that-view',
    steps: (empty) => {
      const a = logOf(empty, entryOf('c0', 1));
      const invented = a.with(entryOf('c1', 1));
      const asked = recoveryOf(2, 1, 0);
      const answers = [answerOf(0, asked, 0, a), answerOf(0, asked, 1)];
      const message = { type: 'NEWSTATE', viewNumber: 0, log: invented, commitNumber: 0 } as const;
      const acknowledged = acknowledgementsOf(0, 2, [0, 2]);
      return [
        submitting('c0', 1),
        submitting('c0', 2),
        submitting('c1', 1),
        ...served(0, 2, 0, a, entryOf('c0', 1)),
        ...restarting(2),
        ...said(asked, ...answers),
        { action: 'recover', replica: 2, answers, message },
        ...ordering(0, entryOf('c0', 2)),
        ...said(...acknowledged),
        ...executing(0, 1, ...acknowledged),
      ];
    },
  },
  {
    name: 'a replica recovers into the latest view, of which only the primary of an earlier one has told a log',
    shows:
      'A log that was sent before the crash may lack what the replica has acknowledged since: the primary of the view knows.',
    mode: 'diskless',
    clients: 1,
    refusedBy: 'recover/primary-has-answered',
    steps: (empty) => {
      const a = logOf(empty, entryOf('c0', 1));
      const asked = recoveryOf(2, 1, 1);
      const answers = [answerOf(0, asked, 0, empty), answerOf(1, asked, 1)];
      const message = { type: 'NEWSTATE', viewNumber: 1, log: empty, commitNumber: 0 } as const;
      return [
        submitting('c0', 1),
        ...starting(1, empty, voteOf(1, 1, empty), voteOf(1, 2, empty)),
        sending(1, message),
        ...adopting(2, 1, empty),
        ...served(1, 2, 1, a, entryOf('c0', 1)),
        ...restarting(2),
        ...said(asked, ...answers),
        { action: 'recover', replica: 2, answers, message },
      ];
    },
  },
  {
    name: 'a recovering replica tells that it had moved to a later view than its disk says',
    shows: 'RECOVERY tells the view that the replica may not go behind, and its disk must say so too.',
    mode: 'diskless',
    clients: 0,
    refusedBy: 'RECOVERY/is-recovering',
    steps: () => [...restarting(2), ...said(recoveryOf(2, 1, 1))],
  },
];
