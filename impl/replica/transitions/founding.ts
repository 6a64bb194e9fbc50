import { primaryOf } from '../data/configuration.ts';
import { isMember } from '../data/membership.ts';
import type { Recovery } from '../data/messages.ts';
import { isPrimary, type RecoveryProgress, type Replica } from '../data/replica.ts';
import { arm, broadcast, persistMembership, type StepContext, send } from './effects.ts';
import { becomeBackup } from './view.ts';

/** The first view, in which the founders begin. Its primary founds the group. */
const firstView = 0;

/**
 * Founds the group if all other replicas said that they take part in none. A storage that was lost whole says so too, and
 * therefore all others must have said so since this replica asked: a member among them would have answered otherwise.
 */
export function foundIfAllAreNew(
  context: StepContext,
  { name, founders, recovering }: RecoveryProgress,
): void {
  const { replica } = context;
  const { configuration, replicaNumber } = replica;
  const isFounder = primaryOf(configuration, firstView) === replicaNumber;
  if (!isFounder || name === null || founders.length > 0) return;
  const names = Array.from({ length: configuration.size }, (_, number) =>
    number === replicaNumber
      ? name
      : (recovering.find((other) => other.replicaNumber === number)?.name ?? undefined),
  ).filter((each) => each !== undefined);
  if (names.length < configuration.size) return;
  begin(context, names);
  broadcast(context, foundedBy(replica));
}

/** Takes part in the group from its first view. The replica has promised nothing before. */
export function begin(context: StepContext, founders: readonly string[]): void {
  const { replica } = context;
  replica.membership = { founders, generations: [] };
  replica.viewNumber = firstView;
  replica.lastNormalView = firstView;
  replica.status = 'normal';
  replica.recovery = undefined;
  replica.retransmissions = 0;
  persistMembership(context);
  if (replica.configuration.size === 1) return;
  becomeBackup(context);
  if (isPrimary(replica)) arm(context, 'heartbeat');
}

/**
 * Answers a replica that takes no part in the group, unless it can recover from this one: it is a founder that may begin
 * now, or this replica is not normal and can only tell it that the group was founded. Returns whether it has answered.
 */
export function answerNewcomer(
  context: StepContext,
  { name, replicaNumber }: Pick<Recovery, 'name' | 'replicaNumber'>,
): boolean {
  const { replica } = context;
  const { membership, configuration, status } = replica;
  if (name === null || !isMember(membership)) return false;
  // A replica that hears of the group from others did not found it, whatever its storage says.
  const mayBegin =
    membership.founders[replicaNumber] === name && primaryOf(configuration, firstView) !== replicaNumber;
  if (!mayBegin && status === 'normal') return false;
  send(context, replicaNumber, foundedBy(replica));
  return true;
}

function foundedBy({ viewNumber, membership: { founders }, replicaNumber }: Replica) {
  return { type: 'FOUNDED', viewNumber, founders, replicaNumber } as const;
}
