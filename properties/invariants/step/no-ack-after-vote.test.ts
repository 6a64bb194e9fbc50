import { tryProperty } from '../../trying.ts';

tryProperty({
  property: 'no-ack-after-vote',
  schedules: 150,
  reached: { 'view-started': 50, 'message-outlives-sender': 20 },
  brokenBy: { mutant: 'prepare-old-view', replicas: 3, mode: 'diskless' },
});
