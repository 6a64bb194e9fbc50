import { tryProperty } from '../../trying.ts';

tryProperty({
  property: 'counts-are-true',
  schedules: 150,
  reached: { answered: 200 },
  brokenBy: { mutant: 'count-acks-not-senders', replicas: 3, mode: 'durable' },
});
