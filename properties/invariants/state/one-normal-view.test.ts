import { tryProperty } from '../../trying.ts';

tryProperty({
  property: 'one-normal-view',
  schedules: 150,
  reached: { 'view-change-abandoned': 20 },
  brokenBy: { mutant: 'no-viewchange-retry', replicas: 3, mode: 'durable' },
});
