import { tryProperty } from '../../trying.ts';

tryProperty({
  property: 'views-are-quoted',
  schedules: 150,
  reached: { 'view-started': 50, 'transfer-in-view': 1 },
  brokenBy: { mutant: 'heartbeat-commits-all', replicas: 3, mode: 'durable' },
});
