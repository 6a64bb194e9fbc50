/** Mutants that follows-protocol does not catch, for one reason. */
interface Unseen {
  readonly what: string;
  readonly why: string;
  readonly mutants: readonly string[];
}

/** What the specification forbids, and hunts of ten seconds do not reach. */
export const tooRare = 'Too rare for these hunts';

/** Why follows-protocol does not catch the mutants that it misses. The test of the table compares them with the last run. */
export const unseen: readonly Unseen[] = [
  {
    what: 'Progress',
    why: 'The specification says what a replica may do, and never what it must: a replica that does nothing keeps it.',
    mutants: [
      'no-prepare-resend',
      'batch-left-waiting',
      'pipeline-outlives-view',
      'no-viewchange-retry',
      'silent-vote-kept',
      'getstate-carries-old-view',
      'persisted-view-waits',
      'recovery-no-retry',
      'new-primary-does-not-resend',
      'new-primary-forgets-own-ack',
      'no-cached-reply',
      'fetches-without-timer',
      'heartbeats-stop',
      'prepare-given-up',
      'view-change-given-up',
      'retry-given-up',
      'backup-suspects-never',
      'answered-client-stops-asking',
      'primary-needs-no-quorum',
      'calls-not-relayed',
      'fetching-hears-no-primary',
    ],
  },
  {
    what: 'More messages than are needed',
    why: 'A true message may be sent any number of times, to any replica.',
    mutants: [
      'ack-resends-prepare',
      'prepare-carries-executed',
      'answered-by-every-replica',
      'repeated-answer-asks-again',
      'vote-to-former-primary',
    ],
  },
  {
    what: 'Clients',
    why: 'Steps of clients are not compared, and neither is a request that a backup forwards for one.',
    mutants: [
      'client-accepts-any-reply',
      'client-s-plus-1',
      'client-number-not-kept',
      'second-client-same-id',
      'client-takes-reply-of-former-self',
      'outdated-answer-rejected',
      'answer-taken-for-earlier',
      'forward-loses-operation',
    ],
  },
  {
    what: 'Sessions and kept results',
    why: 'In the specification they follow from the log. What a replica keeps of them in tables is compared with nothing there.',
    mutants: [
      'evicted-session-reused',
      'session-not-compared',
      'evicted-not-told',
      'evicted-client-keeps-identity',
      'end-leaves-session',
      'end-of-any-session',
      'end-not-answered',
      'window-of-results-short',
      'window-counts-outstanding',
      'window-of-two-results',
    ],
  },
  {
    what: 'The service, its results and what is predicted for it',
    why: 'The specification has no service: of a reply it compares which request is answered, and not the result.',
    mutants: [
      'clock-at-backup',
      'random-drawn-by-each',
      'result-depends-on-replica',
      'failure-stops-replica',
      'result-unchecked',
      'state-unchecked',
      'failure-not-kept',
      'failed-state-kept',
      'snapshot-failure-stops-replica',
    ],
  },
  {
    what: 'Clocks',
    why: 'Of time the specification says only that it does not go back.',
    mutants: [
      'clock-believed',
      'late-clock-believed',
      'clocks-kept-across-views',
      'agreed-time-stands-still',
      'agreed-time-keeps-its-lead',
      'clock-alarm-too-early',
      'clock-alarm-repeated',
    ],
  },
  {
    what: 'Alarms, and replicas that stop for good',
    why: 'An alarm is no step of the protocol. From where a replica has stopped for good it is not compared.',
    mutants: [
      'digests-not-compared',
      'outvoted-primary-goes-on',
      'agreed-digests-ignored',
      'halts-without-quorum',
      'halt-not-durable',
      'halted-resumes',
      'halted-answers-on',
      'alarm-too-early',
      'former-primary-misses-answers',
      'alarm-trusts-late-recovery',
    ],
  },
  {
    what: 'Logs that differ, and pieces of logs that do not fit',
    why:
      'Logs differ where a disk gives back another entry, and such runs are not compared. Elsewhere a replica notices pieces that do ' +
      'not fit, and takes none of them.',
    mutants: [
      'logs-not-compared',
      'prepare-not-compared',
      'acknowledgement-not-compared',
      'commit-not-compared',
      'newstate-not-compared',
      'fetched-end-not-compared',
      'recovered-end-not-compared',
      'commit-number-of-backup',
      'startview-not-compared',
      'vote-not-compared',
      'votes-not-compared-with-each-other',
      'checksum-of-entry-alone',
      'difference-not-alarmed',
      'alarm-names-receiver',
      'checkpoint-forgets-checksum',
      'newstate-keeps-suffix',
      'vote-piece-onto-own-log',
      'startview-piece-onto-own-log',
    ],
  },
  {
    what: 'Founding',
    why: 'A group that was not founded at once is not compared.',
    mutants: ['founded-without-all', 'member-before-durable', 'founding-not-told'],
  },
  {
    what: 'Votes and answers that are counted in vain',
    why: 'Which votes count shows when a view starts with them, and which answers when a recovery ends. That a forgotten one decides it is too rare for these hunts.',
    mutants: ['forgotten-votes-count', 'forgotten-answer-counts'],
  },
  {
    what: 'Checkpoints',
    why: 'The specification has logs from their first entry on, and no states that stand for a part of them.',
    mutants: ['checkpoint-shares-table', 'gc-no-slack', 'checkpoint-unverified'],
  },
  {
    what: 'Frames and encoding',
    why: 'A message has no size, and is sent whole.',
    mutants: [
      'leaf-sent-whole',
      'leaf-begun-again',
      'result-of-any-size',
      'characters-counted-as-bytes',
      'log-pieces-exceed-frame',
    ],
  },
  {
    what: tooRare,
    why: 'Their kept traces break `follows-protocol`, and these hunts came to no such run.',
    mutants: ['recovery-takes-earlier-log', 'checkpoint-rewinds-state'],
  },
];
