import { tryProperty } from '../../trying.ts';

tryProperty({
  property: 'acks-are-held',
  schedules: 150,
  reached: { answered: 200 },
  brokenBy: { mutant: 'ack-before-durable', replicas: 3, mode: 'durable' },
});
