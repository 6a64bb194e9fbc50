import type { Predicted } from '../../service/service.ts';
import type { Json } from '../../tree/json.ts';

/** ⟨REQUEST op, c, s⟩ from a client, or forwarded by a backup (VRR §4.1). */
export interface Request {
  readonly type: 'REQUEST';
  readonly operation: Json;
  readonly clientId: string;
  /** The op-number at which the client was registered; 0 in the registration itself, and where nobody need be registered. */
  readonly session: number;
  /** From 1, rising by one with each request of the session. 0: the client wants to be registered, and asks for nothing. */
  readonly requestNumber: number;
}

/** What a log entry holds: the request, and what was predicted for it and is never computed again (VRR §4.4). */
export interface Entry extends Request {
  readonly predicted: Predicted;
}
