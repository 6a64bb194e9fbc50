import type { Service } from '../../../spec/promise/index.ts';
import { type Group, protocol } from '../../../spec/protocol/index.ts';
import { exploreProtocol } from '../exploreProtocol.ts';
import type { ProtocolInvariant } from '../invariants/invariant.ts';
import { type ProtocolRun, replayedUntil } from './replayed.ts';

/** It is "broken" where the example ends. */
const notAnsweredThroughViewChange: ProtocolInvariant = {
  name: 'example',
  prose: 'No request of a view before is answered in the next one.',
  carries: 'It ends the search.',
  seen({ state: { clients, started, replicas } }) {
    const isAnswered = clients.some(({ answered }) => answered > 0);
    const isCarried = (started[1]?.length ?? 0) > 0;
    const isExecutedBefore = replicas.some(
      ({ commitNumber, lastNormalView }) => commitNumber > 0 && lastNormalView === 0,
    );
    return isAnswered && isCarried && !isExecutedBefore ? 'It is answered in view 1.' : undefined;
  },
};

/** A shortest run in which a request is ordered in view 0, and executed and answered in view 1. */
export function answeredThroughViewChange(group: Group, service: Service): ProtocolRun {
  const bounds = { requests: 1, timeouts: 1, crashes: 0 };
  const { violation } = exploreProtocol({
    group,
    service,
    clients: 1,
    bounds,
    eagerWrites: true,
    invariants: [notAnsweredThroughViewChange],
  });
  if (violation?.property !== notAnsweredThroughViewChange.name)
    throw new Error('No request is answered through a view change.');
  return replayedUntil(protocol, group, bounds, violation.trace, ({ action }) => action === 'take-answer');
}
