import { tryProperty } from '../../trying.ts';

tryProperty({
  property: 'log-stays',
  schedules: 150,
  reached: { answered: 200, 'startview-repeated': 20, 'view-started': 50 },
  brokenBy: { mutant: 'startview-reapplied', replicas: 3, mode: 'durable' },
});
