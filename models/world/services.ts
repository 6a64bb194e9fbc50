import type { Applied, Json, Ledger, Predicted, Service } from '../../impl/index.ts';
import { type FileService, repeatable } from './fileService.ts';
import type { Implementation } from './implementation.ts';

/**
 * The services that a set-up can name, apart from the ledger. `failing`: the ledger, which fails at some operations. `bulky`:
 * the ledger with results and parts of its state of many sizes, up to more than a small frame carries. `reading`: the ledger, of
 * which some operations only read.
 */
export type ServiceName = 'failing' | 'bulky' | 'reading';

/**
 * What makes a replica's service not deterministic: from the operation at position `from` on it yields another result, and
 * with part `state` another state too.
 */
export interface Impurity {
  readonly replica: number;
  readonly from: number;
  readonly part: 'table' | 'state';
}

/** By name and implementation. One object for all worlds, because schemas are kept by service. */
const services = {
  failing: new WeakMap<Implementation, Service<Ledger>>(),
  bulky: new WeakMap<Implementation, Service<Ledger>>(),
  reading: new WeakMap<Implementation, Service<Ledger>>(),
} as const;

/** The service of this name, or the ledger, whose answers show every reordering. A user's service is that of the implementation. */
export function serviceNamed(
  implementation: Implementation,
  name: ServiceName | FileService | undefined,
): Service {
  if (name === undefined) return implementation.ledgerService;
  if (typeof name === 'object') {
    const { fileService } = implementation;
    if (fileService === undefined) throw new Error(`This group replicates the service of ${name.file}.`);
    return repeatable(fileService, -1);
  }
  const make = { failing: failingService, bulky: bulkyService, reading: readingService }[name];
  const known = services[name].get(implementation) ?? make(implementation);
  services[name].set(implementation, known);
  return known;
}

/**
 * The ledger, which throws at one operation in eight, and breaks its contract at another one: it yields a result that no JSON
 * can carry, or no state, or changes its prediction. Of the states that are left it cannot give one in six in parts. Which
 * these are depends on all operations up to there.
 */
function failingService({ ledgerService: ledger, partsOf, stateOf }: Implementation): Service<Ledger> {
  return {
    ...ledger,
    snapshot(state) {
      if (state.digest % 8 === 2) throw new Error(`the ledger cannot give its state at ${state.position}`);
      return partsOf(ledger, state);
    },
    restore(parts) {
      const state = stateOf(ledger, parts);
      if (isLedger(state)) return state;
      throw new Error('the parts are those of no ledger');
    },
    apply(before, operation, predicted) {
      const applied = ledger.apply(before, operation, predicted);
      const place = applied.state.digest % 8;
      if (place === 0) throw new Error(`the ledger has no place for ${JSON.stringify(operation)}`);
      return place === 4 ? forbidden(applied, predicted) : applied;
    },
  };
}

/** What no service may yield. It throws where the prediction is frozen, as it should be. */
function forbidden(applied: Applied<Ledger>, predicted: Predicted): Applied<Ledger> {
  switch (Math.floor(applied.state.digest / 8) % 4) {
    case 1:
      return Object.assign({ ...applied }, { state: undefined });
    case 3:
      Object.assign(predicted, { time: predicted.time + 1 });
      return applied;
    default:
      return { ...applied, result: Number.NaN };
  }
}

/** The ledger, of which every second request of a client reads how far it is. Reads take no place in the order. */
function readingService({ ledgerService: ledger }: Implementation): Service<Ledger> {
  const isRead = (operation: Json): boolean => typeof operation === 'string' && /[02468]$/.test(operation);
  return {
    ...ledger,
    isRead,
    apply(state, operation, predicted) {
      if (!isRead(operation)) return ledger.apply(state, operation, predicted);
      return { state, result: { ...state, isRead: true } };
    },
  };
}

/** Three bytes in UTF-8, and one character of JSON. */
const wide = '€';
/** How many of them results have, in turn, and a part of the state. */
const resultSizes: readonly number[] = [0, 40, 300, 620, 1500];
const partSizes: readonly number[] = [0, 200, 900, 4000];

function bulkyService({ ledgerService: ledger, Tree }: Implementation): Service<Ledger> {
  return {
    ...ledger,
    snapshot({ position, digest }) {
      const bulk = wide.repeat(partSizes[digest % partSizes.length] ?? 0);
      return Tree.empty<Json>().set('ledger', { position, digest }).set('bulk', bulk);
    },
    restore(parts) {
      const state = parts.get('ledger');
      if (isLedger(state)) return state;
      throw new Error('the parts are those of no ledger');
    },
    apply(before, operation, predicted) {
      const applied = ledger.apply(before, operation, predicted);
      const bulk = wide.repeat(resultSizes[applied.state.digest % resultSizes.length] ?? 0);
      return { ...applied, result: [applied.result, bulk] };
    },
  };
}

/** An operation that begins with this text: as it is, or half as large as one may be, or as large. */
export function bulkyOperation(text: string, asked: number, operationChars: number): string {
  // A string has two quotation marks.
  const most = Math.max(0, operationChars - text.length - 2);
  return text + wide.repeat([0, Math.floor(most / 2), most][asked % 3] ?? 0);
}

function isLedger(state: unknown): state is Ledger {
  return typeof state === 'object' && state !== null && 'position' in state && 'digest' in state;
}

/** The ledger as a replica with this impurity executes it. Only its digests differ. */
export function impureService(
  { ledgerService: ledger }: Implementation,
  { from, part }: Impurity,
): Service<Ledger> {
  return {
    ...ledger,
    apply(before, operation, predicted) {
      const { state } = ledger.apply(before, operation, predicted);
      if (state.position < from) return { state, result: { ...state } };
      const other = { position: state.position, digest: (state.digest ^ 0x5bd1e995) >>> 0 };
      return { state: part === 'state' ? other : state, result: { ...other } };
    },
  };
}
