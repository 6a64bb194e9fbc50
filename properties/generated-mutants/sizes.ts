/**
 * Bundled apart from the other parts, because it makes groups while its tests are collected. If a mutant makes that
 * fail, these tests are lost silently, and the others must not be lost with them.
 */
import '../seed.ts';
import '../paper/group-sizes.test.ts';
