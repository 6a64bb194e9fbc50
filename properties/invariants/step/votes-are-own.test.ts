import { tryProperty } from '../../trying.ts';

tryProperty({
  property: 'votes-are-own',
  schedules: 150,
  reached: { 'view-started': 50 },
  brokenBy: { mutant: 'lnv-from-log-tail', replicas: 3, mode: 'durable' },
});
