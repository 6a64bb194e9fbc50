import { tryProperty } from '../trying.ts';

tryProperty({
  property: 'nothing-invented',
  schedules: 150,
  reached: { answered: 200, 'client-restarted-while-waiting': 20 },
  brokenBy: { mutant: 'forward-loses-operation', replicas: 3, mode: 'durable' },
});
