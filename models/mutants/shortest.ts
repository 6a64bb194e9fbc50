import type { StorageMode } from '../../impl/index.ts';

/** The shortest run by which a mutant breaks a property, as exhaustive search found it. A test repeats the search. */
export interface ShortestRun {
  readonly mutant: string;
  readonly mode: StorageMode;
  /** How often each kind of event happens in the run. Deliveries and writes that become durable are free. */
  readonly spends: Readonly<Record<string, number>>;
  /** The number of steps: in a group of three, no run that spends no more breaks any property in fewer steps. */
  readonly steps: number;
  /** Whether the property breaks only when the group settles. The steps are then those before faults stop. */
  readonly settles?: boolean;
}

/** The shortest runs, in the catalogue's order. Mutants that are missing take longer than a test may, or were not found. */
export const shortestRuns: readonly ShortestRun[] = [
  { mutant: 'commit-quorum-short', mode: 'diskless', spends: { request: 1 }, steps: 2 },
  {
    mutant: 'count-acks-not-senders',
    mode: 'durable',
    spends: { request: 1 },
    steps: 4,
  },
  { mutant: 'ack-on-gap', mode: 'diskless', spends: { request: 2 }, steps: 5 },
  {
    mutant: 'prepare-old-view',
    mode: 'diskless',
    spends: { 'timer suspect': 1, request: 1 },
    steps: 7,
  },
  { mutant: 'execute-out-of-order', mode: 'diskless', spends: { request: 2 }, steps: 7 },
  {
    mutant: 'commit-past-log',
    mode: 'diskless',
    spends: { request: 1, 'timer heartbeat': 1 },
    steps: 6,
  },
  {
    mutant: 'commit-higher-view-executes',
    mode: 'diskless',
    spends: { request: 1, 'timer suspect': 1, retry: 1, 'timer heartbeat': 1 },
    steps: 13,
  },
  { mutant: 'execute-on-prepare', mode: 'durable', spends: { request: 1 }, steps: 3 },
  {
    mutant: 'no-prepare-resend',
    mode: 'durable',
    spends: { request: 1, 'timer resend': 1 },
    steps: 3,
  },
  { mutant: 'no-dedupe', mode: 'diskless', spends: { request: 1, duplicate: 1 }, steps: 6 },
  {
    mutant: 'dedupe-committed-only',
    mode: 'diskless',
    spends: { request: 1, duplicate: 1 },
    steps: 6,
  },
  { mutant: 'table-stale-number', mode: 'diskless', spends: { request: 1 }, steps: 4 },
  {
    mutant: 'table-not-rebuilt',
    mode: 'durable',
    spends: { request: 1, crash: 1, restart: 1 },
    steps: 3,
  },
  {
    mutant: 'dropped-op-kept-in-table',
    mode: 'diskless',
    spends: { 'timer suspect': 1, request: 1 },
    steps: 7,
  },
  {
    mutant: 'client-accepts-any-reply',
    mode: 'durable',
    spends: { request: 2, 'restart-client': 1 },
    steps: 6,
  },
  {
    mutant: 'client-s-plus-1',
    mode: 'durable',
    spends: { request: 2, 'restart-client': 1 },
    steps: 6,
  },
  {
    mutant: 'forward-loses-operation',
    mode: 'diskless',
    spends: { request: 1, retry: 1 },
    steps: 6,
  },
  {
    mutant: 'replaced-log-not-executed',
    mode: 'durable',
    spends: { 'timer suspect': 1, request: 2 },
    steps: 8,
  },
  {
    mutant: 'outdated-answer-rejected',
    mode: 'diskless',
    spends: { request: 1, 'restart-client': 1 },
    steps: 5,
  },
  {
    mutant: 'lnv-last-attempted',
    mode: 'diskless',
    spends: { request: 1, 'timer suspect': 2 },
    steps: 7,
  },
  {
    mutant: 'primary-keeps-own-log',
    mode: 'diskless',
    spends: { 'timer suspect': 1, request: 1 },
    steps: 8,
  },
  {
    mutant: 'dvc-cut-at-commit',
    mode: 'diskless',
    spends: { 'timer suspect': 1, request: 1 },
    steps: 4,
  },
  {
    mutant: 'dvc-quorum-f',
    mode: 'diskless',
    spends: { 'timer suspect': 1 },
    steps: 3,
  },
  {
    mutant: 'dvc-counts-messages',
    mode: 'durable',
    spends: { 'timer suspect': 1, 'timer resend': 1 },
    steps: 5,
  },
  {
    mutant: 'no-viewchange-retry',
    mode: 'diskless',
    spends: { 'timer suspect': 1, 'timer resend': 1 },
    steps: 2,
  },
  {
    mutant: 'late-vote-cut-at-commit',
    mode: 'diskless',
    spends: { 'timer suspect': 1, request: 1 },
    steps: 7,
  },
  {
    mutant: 'lnv-stale-after-startview',
    mode: 'diskless',
    spends: { 'timer suspect': 1, request: 1 },
    steps: 5,
  },
  {
    mutant: 'startview-keeps-longer-suffix',
    mode: 'diskless',
    spends: { 'timer suspect': 1, request: 1 },
    steps: 8,
  },
  {
    mutant: 'startview-cut-at-commit',
    mode: 'diskless',
    spends: { 'timer suspect': 1, request: 1 },
    steps: 8,
  },
  {
    mutant: 'startview-commits-all',
    mode: 'durable',
    spends: { 'timer suspect': 1, request: 1 },
    steps: 6,
  },
  {
    mutant: 'request-in-view-change',
    mode: 'diskless',
    spends: { 'timer suspect': 1, request: 1, retry: 1 },
    steps: 4,
  },
  {
    mutant: 'startview-reapplied',
    mode: 'durable',
    spends: { request: 1, 'timer suspect': 1, retry: 1 },
    steps: 10,
  },
  { mutant: 'startview-old-view', mode: 'diskless', spends: { 'timer suspect': 2 }, steps: 6 },
  {
    mutant: 'truncate-on-getstate',
    mode: 'diskless',
    spends: { request: 1, 'timer suspect': 1, 'timer heartbeat': 1 },
    steps: 8,
  },
  {
    mutant: 'newstate-old-view',
    mode: 'durable',
    spends: { request: 2, 'timer suspect': 1 },
    steps: 8,
  },
  {
    mutant: 'corrupt-entry-means-absent',
    mode: 'durable',
    spends: { request: 1, corruption: 1, restart: 1 },
    steps: 4,
  },
  {
    mutant: 'paper-recovery',
    mode: 'diskless',
    spends: { 'timer suspect': 1, crash: 1, restart: 1 },
    steps: 2,
  },
  {
    mutant: 'persisted-view-waits',
    mode: 'diskless',
    spends: { 'timer suspect': 1, crash: 1 },
    steps: 2,
    settles: true,
  },
  {
    mutant: 'amnesiac-normal',
    mode: 'diskless',
    spends: { request: 1, crash: 1, restart: 1 },
    steps: 4,
  },
  {
    mutant: 'recovering-votes',
    mode: 'diskless',
    spends: { request: 1, 'timer suspect': 1, crash: 1, restart: 1 },
    steps: 3,
  },
  {
    mutant: 'recovery-from-view-change',
    mode: 'diskless',
    spends: { 'timer suspect': 1, crash: 1, restart: 1 },
    steps: 3,
  },
  {
    mutant: 'recovery-no-retry',
    mode: 'diskless',
    spends: { crash: 1 },
    steps: 1,
    settles: true,
  },
  { mutant: 'alarm-too-early', mode: 'diskless', spends: { crash: 1, restart: 1 }, steps: 1 },
  {
    mutant: 'alarm-trusts-late-recovery',
    mode: 'diskless',
    spends: { crash: 2, restart: 2, duplicate: 1 },
    steps: 7,
  },
  {
    mutant: 'view-not-durable',
    mode: 'diskless',
    spends: { 'timer suspect': 1, crash: 1, restart: 1 },
    steps: 2,
  },
  { mutant: 'ack-before-durable', mode: 'durable', spends: { request: 1 }, steps: 3 },
  {
    mutant: 'restarted-primary-resumes-view',
    mode: 'durable',
    spends: { request: 1, crash: 1, restart: 1 },
    steps: 5,
  },
  {
    mutant: 'torn-write-taken',
    mode: 'durable',
    spends: { 'timer suspect': 1, crash: 2, restart: 2 },
    steps: 3,
  },
  { mutant: 'fetches-without-timer', mode: 'diskless', spends: { request: 2 }, steps: 5 },
  { mutant: 'heartbeats-stop', mode: 'diskless', spends: { 'timer heartbeat': 1 }, steps: 1 },
  {
    mutant: 'prepare-given-up',
    mode: 'diskless',
    spends: { request: 1, 'timer resend': 3 },
    steps: 5,
  },
  {
    mutant: 'view-change-given-up',
    mode: 'diskless',
    spends: { 'timer suspect': 1, 'timer resend': 3 },
    steps: 4,
  },
  { mutant: 'retry-given-up', mode: 'diskless', spends: { request: 1, retry: 3 }, steps: 4 },
  {
    mutant: 'backup-suspects-never',
    mode: 'durable',
    spends: { crash: 1, restart: 1 },
    steps: 1,
  },
];
