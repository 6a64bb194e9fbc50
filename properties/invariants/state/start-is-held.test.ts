import { tryProperty } from '../../trying.ts';

tryProperty({
  property: 'start-is-held',
  schedules: 150,
  reached: { answered: 200, 'view-started': 50 },
  brokenBy: { mutant: 'lnv-raised-on-getstate', replicas: 3, mode: 'durable' },
});
