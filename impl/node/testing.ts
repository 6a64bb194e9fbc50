/**
 * A whole group in one process, for tests of a service.
 *
 * @packageDocumentation
 */
export { LocalGroup, type LocalObserver } from './localGroup.ts';
