import type { Evidence } from '../../models/checking/invariants/evidence.ts';

/** The evidence for each guarantee, by its name. It stands here because spec/ knows neither mutants nor coverage marks. */
export const guaranteeEvidence: ReadonlyMap<string, Evidence> = new Map(
  Object.entries<Evidence>({
    'all-or-none': {
      reached: { answered: 200, 'view-started': 50 },
      brokenBy: { mutant: 'recovery-no-retry', replicas: 3, mode: 'diskless' },
    },
    'answered-in-the-end': {
      reached: { 'view-change-abandoned': 20, 'client-restarted-while-waiting': 20 },
      brokenBy: { mutant: 'no-viewchange-retry', replicas: 3, mode: 'diskless' },
    },
    'exactly-once': {
      reached: { answered: 200, 'repetition-while-running': 50, 'view-started': 50 },
      brokenBy: { mutant: 'no-dedupe', replicas: 3, mode: 'durable' },
    },
    'in-turn': {
      reached: { answered: 200, 'view-started': 50 },
      brokenBy: { mutant: 'execute-out-of-order', replicas: 3, mode: 'durable' },
    },
    linearizable: {
      reached: { answered: 200, 'view-started': 50 },
      brokenBy: { mutant: 'commit-quorum-short', replicas: 3, mode: 'durable' },
    },
    'never-lost': {
      reached: { answered: 200, 'uncommitted-suffix-carried': 20, 'suffix-discarded': 1 },
      brokenBy: { mutant: 'lnv-raised-on-getstate', replicas: 3, mode: 'durable' },
    },
    'nothing-invented': {
      reached: { answered: 200, 'client-restarted-while-waiting': 20 },
      brokenBy: { mutant: 'forward-loses-operation', replicas: 3, mode: 'durable' },
    },
    'one-order': {
      reached: { answered: 200, 'view-started': 50, 'commit-without-all': 50 },
      brokenBy: { mutant: 'commit-quorum-short', replicas: 3, mode: 'durable' },
    },
    'reply-is-result': {
      reached: { answered: 200, 'answered-from-table': 10 },
      brokenBy: { mutant: 'client-accepts-any-reply', replicas: 3, mode: 'durable' },
    },
    'same-result': {
      reached: { answered: 200, 'view-started': 50 },
      brokenBy: { mutant: 'replaced-log-not-executed', replicas: 3, mode: 'durable' },
    },
    'served-while-connected': {
      reached: { answered: 200, 'answered-while-cut': 20, 'primary-gives-up': 20 },
      brokenBy: { mutant: 'primary-needs-no-quorum', replicas: 3, mode: 'durable' },
    },
    'time-goes-on': {
      reached: { answered: 200, 'view-started': 50, 'clock-behind': 20 },
      brokenBy: { mutant: 'agreed-time-runs-back', replicas: 3, mode: 'durable' },
    },
  }),
);
