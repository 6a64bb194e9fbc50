import { tryProperty } from '../../trying.ts';

tryProperty({
  property: 'answers-fit',
  schedules: 150,
  reached: { 'view-started': 50 },
  brokenBy: { mutant: 'dvc-counts-messages', replicas: 3, mode: 'durable' },
});
