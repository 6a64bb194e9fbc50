import { tryProperty } from '../../trying.ts';

tryProperty({
  property: 'never-backwards',
  schedules: 150,
  reached: { 'view-started': 50, 'message-outlives-sender': 20 },
  brokenBy: { mutant: 'view-not-durable', replicas: 3, mode: 'durable' },
});
