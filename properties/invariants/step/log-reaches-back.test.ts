import { tryProperty } from '../../trying.ts';

tryProperty({
  property: 'log-reaches-back',
  schedules: 150,
  reached: { answered: 200, 'log-compacted': 100, 'checkpoint-for-later-view': 1 },
  brokenBy: { mutant: 'gc-no-slack', replicas: 3, mode: 'durable' },
});
