import type { RefusedScript, Script } from './follow.ts';
import { legal } from './scripts/legal.ts';
import { legalLosses, losses } from './scripts/losses.ts';
import { lossesOfFive } from './scripts/lossesOfFive.ts';
import { normalOperation } from './scripts/normalOperation.ts';
import { recoveries } from './scripts/recoveries.ts';
import { sessions } from './scripts/sessions.ts';
import { viewChanges } from './scripts/viewChanges.ts';

/** Runs that a rule refuses, and that break a property without it. Most are too long for an exploration. */
export const refusedScripts: readonly RefusedScript[] = [
  ...viewChanges,
  ...recoveries,
  ...normalOperation,
  ...losses,
  ...lossesOfFive,
];

/** Runs that no rule refuses. */
export const legalScripts: readonly Script[] = [...legal, ...sessions, ...legalLosses];
