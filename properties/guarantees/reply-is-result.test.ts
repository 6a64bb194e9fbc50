import { tryProperty } from '../trying.ts';

tryProperty({
  property: 'reply-is-result',
  schedules: 150,
  reached: { answered: 200, 'answered-from-table': 10 },
  brokenBy: { mutant: 'client-accepts-any-reply', replicas: 3, mode: 'durable' },
});
