/** A value that is being made, and changes until it is used. */
export type Draft<Value> = { -readonly [Part in keyof Value]: Value[Part] };
