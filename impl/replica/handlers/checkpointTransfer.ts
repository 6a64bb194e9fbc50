import { stateOf } from '../../service/parts.ts';
import { answerTo, patched, pathsAfter, questionAt } from '../../tree/exchange.ts';
import type { Checkpoint } from '../data/checkpoint.ts';
import { Log } from '../data/log.ts';
import type { CheckpointMessage, Exchanged, GetCheckpoint } from '../data/messages.ts';
import type { Fetching, Replica, Transfer } from '../data/replica.ts';
import { arm, drop, type Effects, persistCheckpoint, send } from '../transitions/effects.ts';
import { install, presentCheckpoint, rebuildPending } from '../transitions/execution.ts';
import { sendGetState, sharedWith } from './stateTransfer.ts';

/** Says which checkpoint can be had here, and what is different in it where that was asked. */
export function sendCheckpoint(
  replica: Replica,
  effects: Effects,
  to: number,
  viewNumber: number,
  { opNumber, time, state, table }: Checkpoint,
  exchanged: Exchanged | null = null,
): void {
  const digests = { state: state.digest, table: table.digest };
  // What was executed is committed, so that it need not be durable here.
  send(replica, effects, to, { type: 'CHECKPOINT', viewNumber, opNumber, time, digests, exchanged }, 'view');
}

/**
 * ⟨GETCHECKPOINT v, n, q, i⟩, VRR §5.1: what is different there is sent. Nothing is remembered about who fetches what, so
 * that anybody else in view v who has that checkpoint can go on. Where it is gone, the present one is offered instead.
 */
export function onGetCheckpoint(replica: Replica, effects: Effects, message: GetCheckpoint): void {
  const { viewNumber, opNumber, part, questions, replicaNumber } = message;
  // Entries that a later view committed may be none of that view's, whose log the checkpoint is to begin.
  if (replica.lastNormalView !== viewNumber)
    return drop(effects, 'only a replica that holds the log of that view can answer');
  const latest = replica.checkpoints.at(-1);
  const checkpoint = replica.checkpoints.find((held) => held.opNumber === opNumber);
  if (checkpoint === undefined) {
    if (latest === undefined || latest.opNumber < opNumber)
      return drop(effects, 'this replica has not come as far as that checkpoint');
    return sendCheckpoint(replica, effects, replicaNumber, viewNumber, latest);
  }
  const answer = answerTo(questions, checkpoint[part], replica.configuration.room);
  const paths = questions.map(({ path }) => path);
  sendCheckpoint(replica, effects, replicaNumber, viewNumber, checkpoint, { part, paths, answer });
}

/** ⟨CHECKPOINT v, n, t, d, a⟩, VRR §5.1: an offer, or what is different from what is here. */
export function onCheckpoint(replica: Replica, effects: Effects, message: CheckpointMessage): void {
  const { transfer, fetching } = replica;
  if (message.viewNumber !== transfer?.viewNumber) return drop(effects, 'that state was not asked for');
  if (message.opNumber <= replica.commitNumber) return drop(effects, 'that much has been executed here');
  if (message.exchanged === null) return onOffer(replica, effects, transfer, message);
  if (fetching === undefined || !isSame(fetching, message) || !isAsked(replica, fetching, message.exchanged))
    return drop(effects, 'that was not asked');
  const { part, paths, answer } = message.exchanged;
  let tree = fetching[part];
  for (const [index, difference] of answer.differences.entries())
    tree = patched(tree, paths[index] ?? '', difference);
  const left = [...pathsAfter(paths, answer), ...fetching.paths.slice(paths.length)];
  goOn(replica, effects, transfer, { ...fetching, [part]: tree, paths: left });
}

/** Begins anew with what is offered, but for the parts that are here already, or goes on if it is the same. */
function onOffer(replica: Replica, effects: Effects, transfer: Transfer, message: CheckpointMessage): void {
  const { fetching } = replica;
  if (fetching !== undefined && isSame(fetching, message)) return goOn(replica, effects, transfer, fetching);
  const { opNumber, time, digests } = message;
  const { table, state } = fetching ?? presentCheckpoint(replica);
  // What was fetched of the log comes after another checkpoint.
  const log = replica.log.prefix(sharedWith(replica, transfer.viewNumber));
  const anew: Fetching = { opNumber, time, digests, table, state, part: 'table', paths: [''] };
  goOn(replica, effects, { ...transfer, log }, anew);
}

function isSame(fetching: Fetching, { opNumber, time, digests }: CheckpointMessage): boolean {
  return (
    fetching.opNumber === opNumber &&
    fetching.time === time &&
    fetching.digests.table === digests.table &&
    fetching.digests.state === digests.state
  );
}

function isAsked(replica: Replica, fetching: Fetching, { part, paths }: Exchanged): boolean {
  const asked = fetching.paths.slice(0, questionsIn(replica));
  return (
    part === fetching.part &&
    asked.length === paths.length &&
    asked.every((path, index) => path === paths[index])
  );
}

/** Asks for what is different, and when nothing is any more, takes the checkpoint in. */
function goOn(replica: Replica, effects: Effects, transfer: Transfer, fetching: Fetching): void {
  const { part, digests } = fetching;
  replica.transfer = transfer;
  replica.fetching = fetching;
  if (fetching[part].digest !== digests[part]) return ask(replica, effects, transfer, fetching);
  if (part === 'table') return goOn(replica, effects, transfer, { ...fetching, part: 'state', paths: [''] });
  complete(replica, effects, transfer, fetching);
}

/** ⟨GETCHECKPOINT v, n, p, q, i⟩ about as many places as there is room for. */
function ask(replica: Replica, effects: Effects, transfer: Transfer, fetching: Fetching): void {
  const { part, opNumber } = fetching;
  // Where every difference was made good, and they differ all the same, what is here is of two checkpoints.
  const paths = fetching.paths.length === 0 ? [''] : fetching.paths;
  replica.fetching = { ...fetching, paths };
  const questions = paths.slice(0, questionsIn(replica)).map((path) => questionAt(fetching[part], path));
  const { viewNumber, asked } = transfer;
  const { replicaNumber } = replica;
  const message = { type: 'GETCHECKPOINT', viewNumber, opNumber, part, questions, replicaNumber } as const;
  send(replica, effects, asked, message, 'view');
  arm(replica, effects, 'resend');
}

/** How many questions have room in a message, with their digests; but not more than anybody answers. */
function questionsIn({ configuration }: Replica): number {
  return Math.min(Math.max(Math.floor(configuration.room / charactersOfQuestion), 1), 1024);
}

const charactersOfQuestion = 400;

/**
 * All of it is here. A replica that only lacks entries of its own view takes it up at once, and any other together with
 * the log of the view that it fetches: by itself a checkpoint changes no view (repair of VRR §5.2, §5.1).
 */
function complete(replica: Replica, effects: Effects, transfer: Transfer, fetching: Fetching): void {
  if (!isRestorable(replica, fetching)) {
    replica.fetching = undefined;
    const reason = `no state of the service consists of the parts in the checkpoint of ${fetching.opNumber} entries`;
    return void effects.outputs.push({ type: 'alarm', reason });
  }
  if (replica.status !== 'normal') {
    replica.transfer = { ...transfer, log: Log.after(fetching.opNumber, fetching.time) };
    return sendGetState(replica, effects, replica.transfer);
  }
  replica.fetching = undefined;
  // What came in meanwhile may reach further.
  if (fetching.opNumber > replica.log.length) {
    const checkpoint = checkpointOf(fetching);
    install(replica, effects, checkpoint);
    replica.log = Log.after(checkpoint.opNumber, checkpoint.time);
    rebuildPending(replica);
    persistCheckpoint(replica, effects, checkpoint);
  }
  sendGetState(replica, effects, transfer);
}

function isRestorable({ configuration }: Replica, { state }: Fetching): boolean {
  try {
    stateOf(configuration.service, state);
    return true;
  } catch {
    return false;
  }
}

/** The checkpoint with which the log begins that is to be taken up, if it is later than what was executed. */
export function checkpointBefore({ fetching, commitNumber }: Replica, log: Log): Checkpoint | undefined {
  if (log.base <= commitNumber) return undefined;
  if (fetching?.opNumber !== log.base) throw new Error(`The checkpoint of ${log.base} entries is not here.`);
  return checkpointOf(fetching);
}

function checkpointOf({ opNumber, time, state, table }: Fetching): Checkpoint {
  return { opNumber, time, state, table };
}
