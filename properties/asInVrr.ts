import type { ConfigurationOptions } from '../impl/index.ts';

/** Clients need no session, and each has one request outstanding at most (VRR §4.1). */
export const asInVrr: ConfigurationOptions = { sessions: Number.POSITIVE_INFINITY, window: 1 };
