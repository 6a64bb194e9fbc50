/**
 * Bundled apart from the other parts: it makes groups while its tests are being listed. If a mutant makes that fail,
 * its tests are lost without a word, and the others must not be lost with them.
 */
import '../seed.ts';
import '../paper/group-sizes.test.ts';
