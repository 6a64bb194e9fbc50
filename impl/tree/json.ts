/** A value that JSON can carry: what operations and results are made of, so that they survive any wire or disk. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };
