import type { Predicted } from '../impl/index.ts';

/** What is predicted where no clock was read and nothing was drawn. */
export const unpredicted: Predicted = { time: 0, random: 0 };
