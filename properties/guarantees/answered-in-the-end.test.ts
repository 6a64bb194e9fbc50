import { tryProperty } from '../trying.ts';

tryProperty({
  property: 'answered-in-the-end',
  schedules: 150,
  reached: { 'view-change-abandoned': 20, 'client-restarted-while-waiting': 20 },
  brokenBy: { mutant: 'no-viewchange-retry', replicas: 3, mode: 'diskless' },
});
