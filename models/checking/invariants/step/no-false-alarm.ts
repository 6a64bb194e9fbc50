import { describeReason } from '../../../../impl/index.ts';
import type { Invariant } from '../invariant.ts';

/** An operator who was called in vain once does not come the next time. */
export const noFalseAlarm: Invariant = {
  name: 'no-false-alarm',
  level: 'step',
  prose: 'No replica raises an alarm while the group has lost no more than it tolerates.',
  evidence: {
    reached: { 'recovery-completed': 20 },
    brokenBy: { mutant: 'alarm-too-early', replicas: 3, mode: 'diskless' },
  },
  check({ after }) {
    const raised = after.last?.outputs.find((output) => output.type === 'alarm');
    if (raised?.type !== 'alarm') return undefined;
    return `It raised an alarm, and the group has lost no more than it tolerates: ${describeReason(raised.reason)}.`;
  },
};
