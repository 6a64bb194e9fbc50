import { tryClaim } from '../../trying.ts';

tryClaim({
  claim: 'views-are-quoted',
  schedules: 150,
  reached: { 'view-started': 50, 'transfer-in-view': 1 },
  brokenBy: { ablation: 'heartbeat-commits-all', replicas: 3, mode: 'durable' },
});
