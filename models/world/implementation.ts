import type { Service } from '../../impl/index.ts';
import * as core from '../../impl/index.ts';
import { binaryCodec, jsonCodec } from '../../impl/node/encoding/codec.ts';
import { decodeLeaf, decodeSuffix, encodeSuffix } from '../../impl/node/encoding/logEncoding.ts';
import {
  clientMessageSchema,
  describeIssue,
  encodeMessage,
  messageSchema,
} from '../../impl/node/encoding/messageSchema.ts';

/** The unchanged implementation. Where a mutant is loaded, `mutants/load.ts` names the same files. */
export const realImplementation = {
  ...core,
  ...{ binaryCodec, jsonCodec },
  ...{ decodeLeaf, decodeSuffix, encodeSuffix },
  ...{ clientMessageSchema, describeIssue, encodeMessage, messageSchema },
};

/**
 * The implementation under test: the exports of impl/, and the encoding of messages and records, unchanged or with a
 * mutant. All of models/ calls impl/'s functions through this value, so that several implementations can run in one
 * process. `fileService` is a user's service, for the groups that replicate it.
 */
export type Implementation = typeof realImplementation & { readonly fileService?: Service };
