import type { Ledger, Service } from '../../impl/index.ts';
import type { Implementation } from './implementation.ts';

/** The services that a set-up can name, apart from the ledger. `failing`: the ledger, which fails at some operations. */
export type ServiceName = 'failing';

/** By implementation: its failing service. One object for all worlds, because schemas are kept by service. */
const failingServices = new WeakMap<Implementation, Service<Ledger>>();

/** The service of this name, or the ledger, whose answers show every reordering. */
export function serviceNamed(implementation: Implementation, name: ServiceName | undefined): Service {
  if (name === undefined) return implementation.ledgerService;
  const known = failingServices.get(implementation) ?? failingService(implementation);
  failingServices.set(implementation, known);
  return known;
}

/**
 * The ledger, which throws at one operation in eight, and yields a result that no JSON can carry at another one. Of the
 * states that are left it cannot give one in six in parts. Which these are depends on all operations up to there.
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
      return place === 4 ? { ...applied, result: Number.NaN } : applied;
    },
  };
}

function isLedger(state: unknown): state is Ledger {
  return typeof state === 'object' && state !== null && 'position' in state && 'digest' in state;
}
