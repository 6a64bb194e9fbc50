import type { LeafPiece } from '../../tree/exchange.ts';
import type { Json } from '../../tree/json.ts';
import { deepest as deepestBranch, ways } from '../../tree/node.ts';
import { isClientRecord } from '../data/clientTable.ts';
import type {
  AgreedCheckpoint,
  CheckpointDigests,
  CheckpointMessage,
  CheckpointPart,
  CheckpointSummary,
  Exchanged,
  GetCheckpoint,
} from '../data/messages.ts';
import type { RejectReason } from '../data/reasons.ts';
import { charsOf, firstOf, maxDepth, notWhole } from './fields.ts';

/** Why no correct replica can have sent this GETCHECKPOINT, or undefined if one can have. */
export function validateGetCheckpoint({
  opNumber,
  part,
  questions,
  from,
}: GetCheckpoint): RejectReason | undefined {
  return (
    notWhole('opNumber', opNumber) ??
    notPart(part) ??
    notList('questions', questions) ??
    firstOf(questions, (question) => {
      if (typeof question !== 'object' || question === null)
        return { code: 'not-an-object', field: 'a question' };
      const { path, digests } = question;
      const isFull = Array.isArray(digests) && digests.length === ways;
      return (
        notPath(path) ??
        (isFull ? firstOf(digests, notDigestOrNull) : { code: 'digest-count-wrong', count: ways })
      );
    }) ??
    notWhole('from', from)
  );
}

/** Why no correct replica can have sent this CHECKPOINT, or undefined if one can have. */
export function validateCheckpoint({
  opNumber,
  time,
  checksum,
  digests,
  exchanged,
}: CheckpointMessage): RejectReason | undefined {
  return (
    notWhole('opNumber', opNumber) ??
    notWhole('time', time) ??
    notDigest(checksum) ??
    notDigests(digests) ??
    (exchanged === null ? undefined : validateExchanged(exchanged))
  );
}

function validateExchanged(exchanged: Exchanged): RejectReason | undefined {
  if (typeof exchanged !== 'object') return { code: 'not-an-object-or-null', field: 'exchanged' };
  const { part, paths, answer } = exchanged;
  if (typeof answer !== 'object' || answer === null) return { code: 'not-an-object', field: 'answer' };
  const { differences, isCut } = answer;
  return (
    notPart(part) ??
    notList('paths', paths) ??
    firstOf(paths, notPath) ??
    notList('differences', differences) ??
    (differences.length > paths.length ? 'more-differences-than-paths' : undefined) ??
    (differences.length < paths.length && isCut !== true ? 'fewer-differences-than-paths' : undefined) ??
    (typeof isCut === 'boolean' ? undefined : 'is-cut-not-boolean') ??
    firstOf(differences, (difference) =>
      Array.isArray(difference)
        ? firstOf(difference, (way) => validateDifference(way, part))
        : 'difference-not-a-list',
    ) ??
    (answer.piece === undefined ? undefined : validatePiece(answer.piece))
  );
}

function validatePiece(piece: LeafPiece): RejectReason | undefined {
  if (typeof piece !== 'object' || piece === null) return { code: 'not-an-object', field: 'piece' };
  const { path, way, from, length, text } = piece;
  return (
    notPath(path) ??
    notWay(way) ??
    notWhole('from', from) ??
    notWhole('length', length) ??
    (typeof text === 'string' && text !== '' && from + text.length <= length
      ? undefined
      : 'piece-not-of-text')
  );
}

/** Whether these are the entries of a leaf in this part of a checkpoint. */
export function areTreeEntries(
  entries: unknown,
  part: CheckpointPart,
): entries is readonly (readonly [string, Json])[] {
  return Array.isArray(entries) && entries.every((entry) => validateTreeEntry(entry, part) === undefined);
}

function validateDifference(difference: unknown, part: CheckpointPart): RejectReason | undefined {
  if (!Array.isArray(difference) || difference.length !== 2) return 'difference-not-of-pairs';
  const [way, entries]: unknown[] = difference;
  const reason = notWay(way);
  if (reason !== undefined || entries === null) return reason;
  return Array.isArray(entries)
    ? firstOf(entries, (entry) => validateTreeEntry(entry, part))
    : 'entries-not-a-list';
}

function validateTreeEntry(entry: unknown, part: CheckpointPart): RejectReason | undefined {
  if (!Array.isArray(entry) || entry.length !== 2 || typeof entry[0] !== 'string') return 'entry-not-a-pair';
  if (Number.isNaN(charsOf(entry[1], maxValueDepth)))
    return { code: 'not-json', field: 'a value', maxDepth: maxValueDepth };
  return part === 'table' && !isClientRecord(entry[1]) ? 'client-record-invalid' : undefined;
}

/** How deep a value may be nested. It contains the results of operations, inside a client's record. */
const maxValueDepth = 2 * maxDepth;

function notWay(way: unknown): RejectReason | undefined {
  const isWay = typeof way === 'number' && Number.isInteger(way) && way >= 0 && way < ways;
  return isWay ? undefined : { code: 'way-out-of-range', max: ways - 1 };
}

/** Why no replica can have told this checkpoint of its own, or undefined if one can have. */
export function validateSummary(field: string, summary: CheckpointSummary | null): RejectReason | undefined {
  if (summary === null) return undefined;
  if (typeof summary !== 'object') return { code: 'not-an-object-or-null', field };
  return notWhole('opNumber', summary.opNumber) ?? notDigests(summary.digests);
}

/** The same for what a quorum shares. */
export function validateAgreed(agreed: AgreedCheckpoint | null): RejectReason | undefined {
  if (agreed === null) return undefined;
  if (typeof agreed !== 'object') return { code: 'not-an-object-or-null', field: 'agreed' };
  const { opNumber, digests } = agreed;
  return notWhole('opNumber', opNumber) ?? (digests === null ? undefined : notDigests(digests));
}

function notDigests(digests: CheckpointDigests): RejectReason | undefined {
  if (typeof digests !== 'object' || digests === null) return { code: 'not-an-object', field: 'digests' };
  return notDigest(digests.table) ?? notDigest(digests.state);
}

function notPart(part: string): RejectReason | undefined {
  return part === 'table' || part === 'state' ? undefined : 'part-unknown';
}

function notPath(path: unknown): RejectReason | undefined {
  const isPath = typeof path === 'string' && path.length <= deepestBranch && /^[0-9a-f]*$/.test(path);
  return isPath ? undefined : { code: 'path-invalid', max: deepestBranch };
}

function notDigestOrNull(digest: unknown): RejectReason | undefined {
  return digest === null ? undefined : notDigest(digest);
}

function notDigest(digest: unknown): RejectReason | undefined {
  return typeof digest === 'string' && /^[0-9a-f]{16}$/.test(digest) ? undefined : 'digest-invalid';
}

/** The most questions in a message. */
const maxListLength = 4096;

function notList(field: string, list: unknown): RejectReason | undefined {
  return Array.isArray(list) && list.length > 0 && list.length <= maxListLength
    ? undefined
    : { code: 'not-a-list', field, max: maxListLength };
}
