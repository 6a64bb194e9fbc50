import type { Rule } from '../action.ts';
import type { Message } from '../state/messages.ts';

/** A replica sends a message. */
export interface Send<Sent extends Message = Message> {
  readonly action: 'send';
  readonly replica: number;
  readonly message: Sent;
}

/** The messages of a type. */
export type OfType<Type extends Message['type']> = Message & { readonly type: Type };

/** When a replica may send the messages of a type: whenever these rules hold. */
export interface Permission<Type extends Message['type']> {
  readonly section: string;
  readonly rules: readonly Rule<Send<OfType<Type>>>[];
}
