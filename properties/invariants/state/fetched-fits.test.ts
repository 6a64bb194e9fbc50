import { tryProperty } from '../../trying.ts';

tryProperty({
  property: 'fetched-fits',
  schedules: 150,
  reached: { 'transfer-to-later-view': 5 },
  brokenBy: { mutant: 'newstate-keeps-suffix', replicas: 3, mode: 'durable' },
});
