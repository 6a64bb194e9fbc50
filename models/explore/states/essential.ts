import { isQuorumWith, type Replica, type StorageRecord } from '../../../impl/index.ts';
import type { Promised } from '../../../spec/promise/index.ts';
import type { Disk } from '../../world/disk.ts';
import { type ClientMachine, type Machine, timerBit } from '../../world/world.ts';
import type { Remaining } from '../budget/bounds.ts';

/**
 * The part of a replica's machine that a later step or a property can still read. Two machines with equal essential parts
 * behave the same from now on. This relies on the protocol as it should be.
 */
export function essentialOfMachine({ replica, disk, timers, incarnation }: Machine, left: Remaining): object {
  return replica === undefined
    ? { disk: { image: disk.image, torn: disk.torn }, incarnation }
    : {
        replica: essentialOfReplica(replica, left),
        disk: essentialOfDisk(disk, replica.durableWrite, left),
        timers: timers & left.timers,
        incarnation,
      };
}

/** The part of a client's machine that a later step or a property can still read. */
export function essentialOfClient(machine: ClientMachine, left: Remaining): object {
  const { client, retryArmed, incarnation, asked } = machine;
  // The view decides which replica gets the next request first. A repeated request goes to all replicas.
  const viewNumber = left.requests ? client.viewNumber : 0;
  const essential = { ...client, viewNumber, retries: 0 };
  return { client: essential, retryArmed: retryArmed && left.retries, incarnation, asked };
}

/**
 * The part of the promise's state that a guarantee can still read. It matters which answers came before a request; no
 * other order among answers does.
 */
export function essentialOfPromise({ submitted, answersBefore, answers, ...rest }: Promised): object {
  const requests = submitted.map((request, index) => ({
    request,
    before: new Set(answers.slice(0, answersBefore[index])),
  }));
  return { ...rest, submitted: new Set(requests), answers: new Set(answers) };
}

function essentialOfReplica(replica: Replica, left: Remaining): object {
  const { commitNumber, heard, startViewChanges, transfer, recovery, durableWrite } = replica;
  return {
    ...replica,
    // These counters only lengthen delays, and an armed timer may fire at any moment.
    retransmissions: 0,
    viewChanges: 0,
    // Who was heard matters while the primary may ask for a quorum, and until there is one.
    heard: left.suspicions === 0 ? 0 : isQuorumWith(replica, heard) ? 'a quorum' : heard,
    // The calls for a view matter until there is a quorum, or are relayed; the holders of an entry until it is committed.
    startViewChanges: countsCallers(replica, left) ? startViewChanges : 'a quorum',
    acknowledged: replica.acknowledged.map((opNumber) => (opNumber > commitNumber ? opNumber : 0)),
    // Votes and recovery responses are looked up by sender, so their order does not matter.
    doViewChanges: new Set(replica.doViewChanges),
    recovery: recovery && {
      ...recovery,
      responses: new Set(recovery.responses),
      recovering: new Set(recovery.recovering),
      recoveringBefore: new Set(recovery.recoveringBefore),
    },
    // In normal status, fetched entries are appended to the replica's own log.
    transfer: transfer && (replica.status === 'normal' ? { ...transfer, log: undefined } : transfer),
    // The numbers of writes are only compared with each other.
    issuedWrite: replica.issuedWrite - durableWrite,
    viewWrite: Math.max(0, replica.viewWrite - durableWrite),
    durableWrite: 0,
    held: replica.held.map(({ after, output }) => ({ after: after - durableWrite, output })),
  };
}

/** Whether it matters which replicas have called for the view. */
export function countsCallers(replica: Replica, left: Remaining): boolean {
  const mayRelay = (left.timers & timerBit.resend) !== 0;
  return mayRelay || !isQuorumWith(replica, replica.startViewChanges);
}

function essentialOfDisk(
  { image, unsynced, torn, write }: Disk,
  durableWrite: number,
  left: Remaining,
): object {
  const renumbered = (records: readonly StorageRecord[]) =>
    records.map((record) =>
      record.type === 'end' ? { ...record, write: record.write - durableWrite } : record,
    );
  return {
    // The durable commit number is read only at a restart.
    image: left.crashes > 0 ? image : { ...image, commitNumber: 0 },
    unsynced: renumbered(unsynced),
    torn,
    write: write - durableWrite,
  };
}
