import { deepest as deepestBranch, ways } from '../../tree/node.ts';
import { isClientRecord } from '../data/clientTable.ts';
import type { CheckpointMessage, CheckpointPart, Exchanged, GetCheckpoint } from '../data/messages.ts';
import { charsOf, maxDepth, notWhole } from './fields.ts';

/** Why no correct replica can have asked this, or undefined if one can have. */
export function validateGetCheckpoint({ opNumber, part, questions }: GetCheckpoint): string | undefined {
  return (
    notWhole('opNumber', opNumber) ??
    notPart(part) ??
    notList('questions', questions) ??
    firstOf(questions, (question) => {
      if (typeof question !== 'object' || question === null) return 'a question must be an object';
      const { path, digests } = question;
      const isFull = Array.isArray(digests) && digests.length === ways;
      return notPath(path) ?? (isFull ? firstOf(digests, notDigestOrNull) : `digests must be ${ways}`);
    })
  );
}

/** Why no correct replica can have answered this, or undefined if one can have. */
export function validateCheckpoint({
  opNumber,
  time,
  digests,
  exchanged,
}: CheckpointMessage): string | undefined {
  if (typeof digests !== 'object' || digests === null) return 'digests must be an object';
  return (
    notWhole('opNumber', opNumber) ??
    notWhole('time', time) ??
    notDigest(digests.table) ??
    notDigest(digests.state) ??
    (exchanged === null ? undefined : validateExchanged(exchanged))
  );
}

function validateExchanged(exchanged: Exchanged): string | undefined {
  if (typeof exchanged !== 'object') return 'exchanged must be an object or null';
  const { part, paths, answer } = exchanged;
  if (typeof answer !== 'object' || answer === null) return 'answer must be an object';
  const { differences, isCut } = answer;
  return (
    notPart(part) ??
    notList('paths', paths) ??
    firstOf(paths, notPath) ??
    notList('differences', differences) ??
    (differences.length > paths.length ? 'differences must not be more than paths' : undefined) ??
    (differences.length < paths.length && isCut !== true
      ? 'differences must be as many as paths, unless isCut'
      : undefined) ??
    (typeof isCut === 'boolean' ? undefined : 'isCut must be true or false') ??
    firstOf(differences, (difference) =>
      Array.isArray(difference)
        ? firstOf(difference, (way) => validateDifference(way, part))
        : 'a difference must be a list',
    )
  );
}

function validateDifference(difference: unknown, part: CheckpointPart): string | undefined {
  if (!Array.isArray(difference) || difference.length !== 2) return 'a difference must be of pairs';
  const [way, entries]: unknown[] = difference;
  if (typeof way !== 'number' || !Number.isInteger(way) || way < 0 || way >= ways)
    return `a way must be a whole number from 0 to ${ways - 1}`;
  if (entries === null) return undefined;
  return Array.isArray(entries)
    ? firstOf(entries, (entry) => validateTreeEntry(entry, part))
    : 'entries must be a list or null';
}

function validateTreeEntry(entry: unknown, part: CheckpointPart): string | undefined {
  if (!Array.isArray(entry) || entry.length !== 2 || typeof entry[0] !== 'string')
    return 'an entry must be a name and a value';
  if (Number.isNaN(charsOf(entry[1], deepestValue)))
    return `a value must be JSON, nested at most ${deepestValue} deep`;
  return part === 'table' && !isClientRecord(entry[1])
    ? 'a line must have a session, a requestNumber, results and an opNumber'
    : undefined;
}

/** Values hold what operations led to, and lines of the client-table hold results. */
const deepestValue = 2 * maxDepth;

function notPart(part: string): string | undefined {
  return part === 'table' || part === 'state' ? undefined : 'part must be table or state';
}

function notPath(path: unknown): string | undefined {
  const isPath = typeof path === 'string' && path.length <= deepestBranch && /^[0-9a-f]*$/.test(path);
  return isPath ? undefined : `a path must have at most ${deepestBranch} digits from 0 to f`;
}

function notDigestOrNull(digest: unknown): string | undefined {
  return digest === null ? undefined : notDigest(digest);
}

function notDigest(digest: unknown): string | undefined {
  return typeof digest === 'string' && /^[0-9a-f]{16}$/.test(digest)
    ? undefined
    : 'a digest must have 16 digits from 0 to f';
}

/** How many questions one message may have. */
const mostQuestions = 4096;

function notList(name: string, list: unknown): string | undefined {
  return Array.isArray(list) && list.length > 0 && list.length <= mostQuestions
    ? undefined
    : `${name} must be a list of 1 to ${mostQuestions}`;
}

/** The first objection to any of the items. */
function firstOf<Item>(
  items: readonly Item[],
  objection: (item: Item) => string | undefined,
): string | undefined {
  for (const item of items) {
    const reason = objection(item);
    if (reason !== undefined) return reason;
  }
  return undefined;
}
