import { tryProperty } from '../../trying.ts';

tryProperty({
  property: 'same-view-same-log',
  schedules: 150,
  reached: { 'view-started': 50, 'suffix-discarded': 1 },
  brokenBy: { mutant: 'prepare-adopts-view', replicas: 3, mode: 'durable' },
});
