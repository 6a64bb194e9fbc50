import type { StorageMode } from '../../impl/index.ts';

/** How short a run can be that breaks a claim where a rule is missing: exhaustive search found it, and a test repeats that. */
export interface Shortest {
  readonly ablation: string;
  readonly mode: StorageMode;
  /** What the run spends, by the kind of event: nothing else happens in it but deliveries and writes. */
  readonly spends: Readonly<Record<string, number>>;
  /** Among three replicas no run that spends no more breaks any claim in fewer steps. */
  readonly steps: number;
  /** Whether the claim is one about the group at rest, so that the steps are those before faults stop. */
  readonly settles?: boolean;
}

/** By ablation, in the catalogue's order. Those that are missing take longer than a test may, or were not found. */
export const shortestRuns: readonly Shortest[] = [
  { ablation: 'commit-quorum-short', mode: 'diskless', spends: { request: 1 }, steps: 2 },
  {
    ablation: 'count-acks-not-senders',
    mode: 'durable',
    spends: { request: 1 },
    steps: 4,
  },
  { ablation: 'ack-on-gap', mode: 'diskless', spends: { request: 2 }, steps: 5 },
  {
    ablation: 'prepare-old-view',
    mode: 'diskless',
    spends: { 'timer suspect': 1, request: 1 },
    steps: 8,
  },
  { ablation: 'execute-out-of-order', mode: 'diskless', spends: { request: 2 }, steps: 7 },
  {
    ablation: 'commit-past-log',
    mode: 'diskless',
    spends: { request: 1, 'timer heartbeat': 1 },
    steps: 6,
  },
  {
    ablation: 'commit-higher-view-executes',
    mode: 'diskless',
    spends: { request: 1, 'timer suspect': 1, retry: 1, 'timer heartbeat': 1 },
    steps: 13,
  },
  { ablation: 'execute-on-prepare', mode: 'durable', spends: { request: 1 }, steps: 3 },
  {
    ablation: 'no-prepare-resend',
    mode: 'durable',
    spends: { partition: 1, request: 1 },
    steps: 2,
    settles: true,
  },
  { ablation: 'no-dedupe', mode: 'diskless', spends: { request: 1, duplicate: 1 }, steps: 6 },
  {
    ablation: 'dedupe-committed-only',
    mode: 'diskless',
    spends: { request: 1, duplicate: 1 },
    steps: 6,
  },
  { ablation: 'table-stale-number', mode: 'diskless', spends: { request: 1 }, steps: 4 },
  {
    ablation: 'table-not-rebuilt',
    mode: 'durable',
    spends: { request: 1, crash: 1, restart: 1 },
    steps: 3,
  },
  {
    ablation: 'dropped-op-kept-in-table',
    mode: 'diskless',
    spends: { 'timer suspect': 1, request: 1 },
    steps: 7,
  },
  {
    ablation: 'client-accepts-any-reply',
    mode: 'durable',
    spends: { request: 2, 'restart-client': 1 },
    steps: 6,
  },
  {
    ablation: 'client-s-plus-1',
    mode: 'durable',
    spends: { request: 2, 'restart-client': 1 },
    steps: 6,
  },
  {
    ablation: 'forward-loses-operation',
    mode: 'diskless',
    spends: { request: 1, retry: 1 },
    steps: 6,
  },
  {
    ablation: 'replaced-log-not-executed',
    mode: 'durable',
    spends: { 'timer suspect': 1, request: 2 },
    steps: 8,
  },
  {
    ablation: 'lnv-last-attempted',
    mode: 'diskless',
    spends: { request: 1, 'timer suspect': 2 },
    steps: 7,
  },
  {
    ablation: 'primary-keeps-own-log',
    mode: 'diskless',
    spends: { 'timer suspect': 1, request: 1 },
    steps: 8,
  },
  {
    ablation: 'dvc-cut-at-commit',
    mode: 'diskless',
    spends: { 'timer suspect': 1, request: 1 },
    steps: 4,
  },
  {
    ablation: 'dvc-quorum-f',
    mode: 'diskless',
    spends: { request: 1, 'timer suspect': 1 },
    steps: 6,
  },
  {
    ablation: 'dvc-counts-messages',
    mode: 'durable',
    spends: { 'timer suspect': 1, 'timer resend': 1 },
    steps: 5,
  },
  {
    ablation: 'no-viewchange-retry',
    mode: 'diskless',
    spends: { 'timer suspect': 1, partition: 1 },
    steps: 1,
    settles: true,
  },
  {
    ablation: 'late-vote-cut-at-commit',
    mode: 'diskless',
    spends: { 'timer suspect': 1, request: 1 },
    steps: 7,
  },
  {
    ablation: 'lnv-stale-after-startview',
    mode: 'diskless',
    spends: { 'timer suspect': 1, request: 1 },
    steps: 7,
  },
  {
    ablation: 'startview-keeps-longer-suffix',
    mode: 'diskless',
    spends: { 'timer suspect': 1, request: 1 },
    steps: 8,
  },
  {
    ablation: 'startview-cut-at-commit',
    mode: 'diskless',
    spends: { 'timer suspect': 1, request: 1 },
    steps: 8,
  },
  {
    ablation: 'startview-commits-all',
    mode: 'durable',
    spends: { 'timer suspect': 1, request: 1 },
    steps: 6,
  },
  {
    ablation: 'request-in-view-change',
    mode: 'diskless',
    spends: { 'timer suspect': 1, request: 1, retry: 1 },
    steps: 4,
  },
  {
    ablation: 'startview-reapplied',
    mode: 'durable',
    spends: { request: 1, 'timer suspect': 1, retry: 1 },
    steps: 10,
  },
  { ablation: 'startview-old-view', mode: 'diskless', spends: { 'timer suspect': 2 }, steps: 6 },
  {
    ablation: 'truncate-on-getstate',
    mode: 'diskless',
    spends: { request: 1, 'timer suspect': 1, 'timer heartbeat': 1 },
    steps: 8,
  },
  {
    ablation: 'newstate-old-view',
    mode: 'durable',
    spends: { request: 2, 'timer suspect': 1 },
    steps: 8,
  },
  {
    ablation: 'damaged-entry-means-absent',
    mode: 'durable',
    spends: { request: 1, damage: 1, restart: 1 },
    steps: 4,
  },
  {
    ablation: 'paper-recovery',
    mode: 'diskless',
    spends: { 'timer suspect': 1, crash: 1, restart: 1 },
    steps: 2,
  },
  {
    ablation: 'persisted-view-waits',
    mode: 'diskless',
    spends: { 'timer suspect': 1, crash: 1 },
    steps: 2,
    settles: true,
  },
  {
    ablation: 'amnesiac-normal',
    mode: 'diskless',
    spends: { request: 1, crash: 1, restart: 1 },
    steps: 4,
  },
  {
    ablation: 'recovering-votes',
    mode: 'diskless',
    spends: { request: 1, 'timer suspect': 1, crash: 1, restart: 1 },
    steps: 7,
  },
  {
    ablation: 'recovery-from-view-change',
    mode: 'diskless',
    spends: { 'timer suspect': 1, crash: 1, restart: 1 },
    steps: 3,
  },
  {
    ablation: 'recovery-no-retry',
    mode: 'diskless',
    spends: { crash: 1 },
    steps: 1,
    settles: true,
  },
  {
    ablation: 'view-not-durable',
    mode: 'diskless',
    spends: { 'timer suspect': 1, crash: 1, restart: 1 },
    steps: 2,
  },
  { ablation: 'ack-before-durable', mode: 'durable', spends: { request: 1 }, steps: 3 },
  {
    ablation: 'restarted-primary-resumes-view',
    mode: 'durable',
    spends: { request: 1, crash: 1, restart: 1 },
    steps: 5,
  },
  {
    ablation: 'torn-write-taken',
    mode: 'durable',
    spends: { 'timer suspect': 1, crash: 2, restart: 2 },
    steps: 3,
  },
];
