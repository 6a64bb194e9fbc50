/**
 * The tests that judge generated mutants, the cheapest first, because the first failure ends the judgement. Tests that
 * read the text of impl/, which holds the mutants, and tests that take long are left out.
 *
 * What throws in the body of a `describe` takes the tests of all parts with it, and no failure is left to kill the
 * mutant. Such a body may only use what a test file uses at its top level too, where a failure is noticed.
 */
import '../seed.ts';
import '../paper/section-4.1-normal-operation.test.ts';
import '../paper/section-4.1-waiting.test.ts';
import '../paper/section-4.2-view-change.test.ts';
import '../paper/section-4.2-votes.test.ts';
import '../paper/section-4.2-differing-logs.test.ts';
import '../paper/section-4.2-differing-votes.test.ts';
import '../paper/section-4.3-answers.test.ts';
import '../paper/section-4.3-corruption.test.ts';
import '../paper/section-4.3-recovery.test.ts';
import '../paper/section-4.4-predictions.test.ts';
import '../paper/section-4.5-clients.test.ts';
import '../paper/section-4.5-sessions.test.ts';
import '../paper/section-4.5-ends.test.ts';
import '../paper/section-4.5-lost-answers.test.ts';
import '../paper/section-5.1-checkpoints.test.ts';
import '../paper/section-5.1-transfer.test.ts';
import '../paper/section-5.1-exchange.test.ts';
import '../paper/section-5.1-answers.test.ts';
import '../paper/section-5.1-recovery.test.ts';
import '../paper/section-5.1-disk.test.ts';
import '../paper/section-5.1-digests.test.ts';
import '../paper/section-5.1-replaced.test.ts';
import '../paper/section-5.2-state-transfer.test.ts';
import '../paper/section-5.2-asking.test.ts';
import '../paper/section-5.2-differing-pieces.test.ts';
import '../paper/section-5.3-pieces.test.ts';
import '../paper/section-6.2-batching.test.ts';
import '../paper/storage.test.ts';
import '../paper/writes.test.ts';
import '../validation/bounds.test.ts';
import '../validation/entries.test.ts';
import '../validation/invariants.test.ts';
import '../validation/messages.test.ts';
import '../validation/checkpoints.test.ts';
import '../validation/honest.test.ts';
import '../validation/reasons.test.ts';
import '../validation/reply.test.ts';
import '../service/suffix.test.ts';
import '../service/compaction.test.ts';
import '../service/parts.test.ts';
import '../service/log.test.ts';
import '../tree/changes.test.ts';
import '../tree/exchange.test.ts';
import '../tree/tree.test.ts';
import '../validation/poison.test.ts';
import '../validation/client.test.ts';
import '../validation/sessions.test.ts';
import './hunt.test.ts';
