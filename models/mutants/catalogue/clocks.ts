import { everywhere, type Mutant } from '../mutant.ts';

/** Mutants of the bound within which the agreed time stays near the clocks (VRR §4.4). */
export const clocks: readonly Mutant[] = [
  {
    name: 'clock-believed',
    rule: 'A primary orders no entry at a time that is ahead of the clocks of a quorum by more than the bound.',
    without:
      'A clock that is ten years ahead for a moment sets the agreed time ten years ahead. It never goes back, so that nothing expires for ten years.',
    section: 'VRR §4.4',
    guarantee: 'agreement',
    setups: everywhere,
    edits: [
      {
        file: 'replica/transitions/agreedTime.ts',
        find: 'Math.min(Math.max(time, reached - clockBound), reached + clockBound);',
        replace: 'Math.max(time, reached - clockBound);',
      },
    ],
  },
  {
    name: 'late-clock-believed',
    rule: 'A primary whose clock is behind those of a quorum by more than the bound orders entries at the time of those clocks, less the bound.',
    without:
      'The agreed time stands still, or follows a clock that is years behind, for as long as its machine is the primary.',
    section: 'VRR §4.4',
    guarantee: 'liveness',
    setups: everywhere,
    edits: [
      {
        file: 'replica/transitions/agreedTime.ts',
        find: 'Math.min(Math.max(time, reached - clockBound), reached + clockBound);',
        replace: 'Math.min(time, reached + clockBound);',
      },
    ],
  },
  {
    name: 'clocks-kept-across-views',
    rule: 'A primary begins its view knowing no clock of another replica.',
    without:
      'It believes its own wrong clock, because another one was as wrong in an earlier view and has been set right since.',
    section: 'VRR §4.4',
    guarantee: 'agreement',
    setups: everywhere,
    edits: [
      {
        file: 'replica/transitions/view.ts',
        find: '  replica.clocks = zeroForEach(replica.configuration);\n',
        replace: '',
      },
    ],
  },
  {
    name: 'agreed-time-stands-still',
    rule: 'The agreed time advances slowly while the last entry is ahead of the clocks by more than the bound.',
    without:
      'Where the clocks of a quorum were ahead together, nothing expires until the clocks have come as far again.',
    section: 'VRR §4.4',
    guarantee: 'liveness',
    setups: everywhere,
    edits: [
      {
        file: 'replica/transitions/agreedTime.ts',
        find: 'return { time: crawled(replica, reached), random };',
        replace: 'return { time: lastTime, random };',
      },
    ],
  },
  {
    name: 'agreed-time-keeps-its-lead',
    rule: 'While the last entry is ahead of the clocks by more than the bound, the agreed time advances half as fast as they do.',
    without: 'The clocks never catch up with the agreed time.',
    section: 'VRR §4.4',
    guarantee: 'liveness',
    setups: everywhere,
    edits: [
      {
        file: 'replica/transitions/agreedTime.ts',
        find: 'Math.floor(Math.min(elapsed, clockBound) / 2)',
        replace: 'Math.min(elapsed, clockBound)',
      },
    ],
  },
  {
    name: 'clock-alarm-too-early',
    rule: 'A primary raises an alarm about its clock only once that differs from those of a quorum by more than the bound.',
    without: 'Operators are called because a report of a clock is as old as a heartbeat.',
    section: 'VRR §4.4',
    guarantee: 'validity',
    setups: everywhere,
    edits: [
      {
        file: 'replica/transitions/agreedTime.ts',
        find: 'const isDoubted = Math.abs(ahead) > clockBound;',
        replace: 'const isDoubted = Math.abs(ahead) > clockBound / 2;',
      },
    ],
  },
  {
    name: 'clock-alarm-repeated',
    rule: 'A primary raises one alarm for as long as its clock is wrong.',
    without: 'It raises one with each acknowledgement, thousands in a second.',
    section: 'VRR §4.4',
    guarantee: 'validity',
    setups: everywhere,
    edits: [
      {
        file: 'replica/transitions/agreedTime.ts',
        find: 'if (isDoubted === replica.isClockDoubted) return false;',
        replace: 'if (!isDoubted && !replica.isClockDoubted) return false;',
      },
    ],
  },
];
