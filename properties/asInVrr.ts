import type { Limits } from '../impl/index.ts';

/** Clients need no session, and each has one request outstanding at most (VRR §4.1). */
export const asInVrr: Limits = { sessions: Number.POSITIVE_INFINITY, window: 1 };
