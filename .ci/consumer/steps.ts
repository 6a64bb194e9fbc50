// Where there is no Node: no types of Node's, no DOM.
import {
  type Applied,
  clientStep,
  configure,
  createClient,
  createReplica,
  type Output,
  type Service,
  step,
} from 'viewstamped';
import { beginning, guarantees, type Promised } from 'viewstamped/promise';
import { protocol, type State } from 'viewstamped/protocol';

const counter: Service<number> = {
  initial: 0,
  validate: (operation) => (typeof operation === 'number' ? undefined : 'write a number'),
  apply: (sum, operation): Applied<number> => ({ state: sum + Number(operation), result: sum }),
};
const configuration = configure(3, 'diskless', counter);
export const outputs: readonly Output[] = step(createReplica(configuration, 0), { type: 'start' });
export const sent = clientStep(createClient(configuration, 'ann', 1), { type: 'request', operation: 1 });
export const promised: Promised = beginning({ initial: 0, apply: () => ({ state: 0, result: 0 }) }, 3);
export const names: readonly string[] = guarantees.map(({ name }) => name);
export const rules = (state: State): number => protocol.actions.submit.rules.length + state.replicas.length;
