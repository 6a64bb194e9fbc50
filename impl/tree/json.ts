/**
 * A value that JSON can carry. Operations and results consist of these, so they survive any wire and disk unchanged.
 */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };
