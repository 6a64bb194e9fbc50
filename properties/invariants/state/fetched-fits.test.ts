import { tryClaim } from '../../trying.ts';

tryClaim({
  claim: 'fetched-fits',
  schedules: 150,
  reached: { 'transfer-to-later-view': 5 },
  brokenBy: { ablation: 'newstate-keeps-suffix', replicas: 3, mode: 'durable' },
});
