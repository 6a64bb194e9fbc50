import { tryProperty } from '../trying.ts';

tryProperty({
  property: 'time-goes-on',
  schedules: 150,
  reached: { answered: 200, 'view-started': 50, 'clock-behind': 20 },
  brokenBy: { mutant: 'agreed-time-runs-back', replicas: 3, mode: 'durable' },
});
