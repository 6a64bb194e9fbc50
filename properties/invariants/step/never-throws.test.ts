import { tryProperty } from '../../trying.ts';

tryProperty({
  property: 'never-throws',
  schedules: 150,
  reached: { answered: 200, 'view-started': 50 },
  brokenBy: { mutant: 'prepare-adopts-view', replicas: 3, mode: 'durable' },
});
