import type { Predicted, Service } from '../../service/service.ts';
import type { Json } from '../../tree/json.ts';
import type { Configuration } from '../data/configuration.ts';
import type { Entry, Request } from '../data/entry.ts';
import type { RejectReason } from '../data/reasons.ts';
import { charsOf, maxDepth, notName, notWhole } from './fields.ts';

/**
 * Why no replica can have put this entry into its log, or undefined if one can have. It trusts no field's type. Code that
 * makes a Log from received data calls this for each entry, because `step` does not look into logs.
 */
export function validateEntry(configuration: Configuration, entry: Entry): RejectReason | undefined {
  return (
    validateRequest(configuration, entry) ??
    (entry.predicted === undefined ? 'prediction-missing' : validatePredicted(entry.predicted))
  );
}

/** Why no clock and random number generator can have yielded this, or undefined if they can have, or were not read. */
export function validatePredicted(reading: Predicted | undefined): RejectReason | undefined {
  if (reading === undefined) return undefined;
  if (typeof reading !== 'object' || reading === null)
    return { code: 'not-an-object', field: 'a prediction' };
  const { time, random } = reading;
  if (!(Number.isInteger(random) && random >= 0 && random < 2 ** 32)) return 'random-out-of-range';
  return notWhole('time', time);
}

/** Why no client can have sent this request, or undefined if one can have. It trusts no field's type. */
export function validateRequest(configuration: Configuration, request: Request): RejectReason | undefined {
  if (typeof request !== 'object' || request === null || request.type !== 'REQUEST') return 'not-a-request';
  return (
    notName('clientId', request.clientId) ??
    notWhole('requestNumber', request.requestNumber) ??
    notWhole('session', request.session) ??
    notWhole('answered', request.answered ?? 0) ??
    notWhole('viewNumber', request.viewNumber ?? 0) ??
    validateSession(configuration, request) ??
    (request.requestNumber === 0 ? undefined : validateOperation(configuration, request.operation))
  );
}

function validateSession({ sessions }: Configuration, request: Request): RejectReason | undefined {
  const { session, requestNumber, operation } = request;
  if (sessions === Number.POSITIVE_INFINITY) {
    if (requestNumber === 0) return { code: 'too-low', field: 'requestNumber', min: 1 };
    return session === 0 ? undefined : 'session-not-zero';
  }
  if (requestNumber > 0) return session > 0 ? undefined : { code: 'too-low', field: 'session', min: 1 };
  return operation === null ? undefined : 'operation-not-null';
}

/** Why no replica executes this operation, or undefined if replicas execute it. */
export function validateOperation(
  { service, operationChars: maxChars }: Configuration,
  operation: Json,
): RejectReason | undefined {
  const chars = charsOf(operation, maxDepth);
  if (Number.isNaN(chars)) return { code: 'not-json', field: 'operation', maxDepth };
  if (chars > maxChars) return { code: 'operation-too-long', chars, maxChars };
  const text = objectionOf(service, operation);
  return text === undefined ? undefined : { code: 'operation-invalid', text };
}

/** Why the service cannot run the operation. One at which even `validate` fails would fail in `apply` too. */
function objectionOf(service: Service, operation: Json): string | undefined {
  try {
    return service.validate(operation);
  } catch {
    return 'the service failed to validate the operation';
  }
}
