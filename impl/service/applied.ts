import { unkeptState } from './kept.ts';
import type { Service } from './service.ts';

/**
 * Why a service must not have returned this from `apply`, whatever its result is; undefined if it may. It trusts no type. Parts
 * of the state that are frozen were in an earlier state, and are not looked at again.
 */
export function appliedProblem(service: Service, applied: unknown): string | undefined {
  if (typeof applied !== 'object' || applied === null) return notApplied(kindOf(applied));
  if ('then' in applied)
    return 'apply returned a promise: it cannot wait, so do such work before the request';
  if (!('state' in applied)) return notApplied('an object without state');
  if (!('result' in applied)) return notApplied('an object without result');
  if (applied.state === undefined) return 'state is undefined: return the next state';
  return unkeptState(service, applied.state, 'state', Object.isFrozen);
}

function notApplied(what: string): string {
  return `apply returned ${what}: return { state, result }`;
}

/** The kind of a value, for an error message. */
export function kindOf(value: unknown): string {
  if (value === undefined || value === null) return String(value);
  return `${typeof value === 'object' ? 'an' : 'a'} ${typeof value}`;
}
