import type { Replica, StorageRecord } from '../../../impl/index.ts';
import type { Promised } from '../../../spec/promise/index.ts';
import type { Disk } from '../../world/disk.ts';
import type { ClientMachine, Machine } from '../../world/world.ts';
import type { Remaining } from '../budget/bounds.ts';

/**
 * What of a replica's machine can still make a difference, to the implementation as it should be and to the properties.
 * The rest is forgotten: two machines of which the same is left do the same from now on.
 */
export function essentialOfMachine({ replica, disk, timers, incarnation }: Machine, left: Remaining): object {
  return replica === undefined
    ? { disk: { image: disk.image, torn: disk.torn }, incarnation }
    : {
        replica: essentialOfReplica(replica),
        disk: essentialOfDisk(disk, replica.durableWrite, left),
        timers: timers & left.timers,
        incarnation,
      };
}

/** The same for a client's machine. */
export function essentialOfClient(machine: ClientMachine, left: Remaining): object {
  const { client, retryArmed, incarnation, asked } = machine;
  // Whom to ask first is for the next request: one that is repeated goes to all.
  const viewNumber = left.requests ? client.viewNumber : 0;
  const essential = { ...client, viewNumber, retries: 0 };
  return { client: essential, retryArmed: retryArmed && left.retries, incarnation, asked };
}

/** The same of the promise: which answers came before a request matters, and no other order among them. */
export function essentialOfPromise({ submitted, answersBefore, answers, ...rest }: Promised): object {
  const requests = submitted.map((request, index) => ({
    request,
    before: new Set(answers.slice(0, answersBefore[index])),
  }));
  return { ...rest, submitted: new Set(requests), answers: new Set(answers) };
}

function essentialOfReplica(replica: Replica): object {
  const { commitNumber, startViewChanges, transfer, recovery, durableWrite } = replica;
  return {
    ...replica,
    // Waiting longer is waiting: any armed timer may fire at any moment.
    retransmissions: 0,
    viewChanges: 0,
    // How many call for the view matters up to a quorum, and who holds an entry matters until it is committed.
    startViewChanges: isCalledByQuorum(replica) ? 'a quorum' : startViewChanges,
    acknowledged: replica.acknowledged.map((opNumber) => (opNumber > commitNumber ? opNumber : 0)),
    // Answers are looked for by their senders: in which order they came is nothing.
    doViewChanges: new Set(replica.doViewChanges),
    recovery: recovery && { ...recovery, responses: new Set(recovery.responses) },
    // Entries of the present view go into the replica's own log.
    transfer: transfer && (replica.status === 'normal' ? { ...transfer, log: undefined } : transfer),
    // Writes are compared with each other, and never by how many came before.
    issuedWrite: replica.issuedWrite - durableWrite,
    viewWrite: Math.max(0, replica.viewWrite - durableWrite),
    durableWrite: 0,
    held: replica.held.map(({ after, output }) => ({ after: after - durableWrite, output })),
  };
}

/** Whether as many as are needed call for the view, the replica included. */
export function isCalledByQuorum({ startViewChanges, configuration }: Replica): boolean {
  let callers = 1;
  for (let set = startViewChanges; set !== 0; set >>>= 1) callers += set & 1;
  return callers >= configuration.quorum;
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
    // Only a crash makes the replica believe its own notes.
    image: left.crashes > 0 ? image : { ...image, commitNumber: 0 },
    unsynced: renumbered(unsynced),
    torn,
    write: write - durableWrite,
  };
}
