import type { Input, Log, Output, Replica, Tree } from '../../impl/index.ts';
import type { Implementation } from './implementation.ts';

/** What came of one step of a replica. */
export interface Stepped {
  /** The replica after the step. It never changes again. */
  readonly replica: Replica;
  readonly outputs: readonly Output[];
  /** The exception that the step threw. */
  readonly thrown: string | undefined;
  /** What the step changed although it must never change, in a sentence. */
  readonly changed: string | undefined;
}

/** One step of a copy, so that the given replica does not change. */
export function stepForked(implementation: Implementation, replica: Replica, input: Input): Stepped {
  const next = implementation.fork(replica);
  try {
    const outputs = implementation.step(next, input);
    return { replica: next, outputs, thrown: undefined, changed: undefined };
  } catch (error) {
    return { replica: next, outputs: [], thrown: String(error), changed: undefined };
  }
}

/**
 * Steps replicas in place, as production does: one object for each incarnation, which is never forked. A fork makes
 * tables immutable, and thereby hides it if one of them is shared by mistake.
 *
 * The world holds copies of the replicas, which are made without a fork. So it stays a value: stepping a world that is
 * not the latest begins with a fork of its copy.
 *
 * What a replica receives, sends, writes or holds as immutable is frozen. The contents of logs and checkpoints, which
 * keep caches in themselves, are compared after each step.
 */
export class InPlace {
  private readonly implementation: Implementation;
  /** By replica: the object that is stepped, and the copy of it in the latest world. */
  private readonly live: ({ readonly replica: Replica; readonly copy: Replica } | undefined)[] = [];
  /** The contents of logs and trees when they were first seen. */
  private readonly contents = new WeakMap<object, readonly unknown[]>();

  constructor(implementation: Implementation) {
    this.implementation = implementation;
  }

  /** Steps the replica with this number, of which the world holds this copy. */
  step(number: number, copy: Replica, input: Input): Stepped {
    const known = this.live[number];
    const replica = known?.copy === copy ? known.replica : this.implementation.fork(copy);
    if (input.type === 'message') freeze(input.message);
    else if (input.type === 'restart') freeze(input.stored);
    freezeFields(replica);
    this.watch(copy);
    let outputs: readonly Output[];
    try {
      outputs = this.implementation.step(replica, input);
    } catch (error) {
      // The step is undone: the next one begins with a fork of the copy.
      this.live[number] = undefined;
      return { replica: copy, outputs: [], thrown: String(error), changed: frozenChange(error) };
    }
    freezeOutputs(outputs);
    const after = this.copyOf(replica, copy);
    this.live[number] = { replica, copy: after };
    return { replica: after, outputs, thrown: undefined, changed: this.changed(copy) };
  }

  /** Notes the contents of the logs and trees of the replica. */
  private watch({ log, transfer, checkpoints, checkpointTransfer }: Replica): void {
    this.note(log, endsOf);
    if (transfer !== undefined) this.note(transfer.log, endsOf);
    for (const { table } of checkpoints) this.note(table, pairsOf);
    if (checkpointTransfer === undefined) return;
    this.note(checkpointTransfer.table, pairsOf);
    this.note(checkpointTransfer.state, pairsOf);
  }

  private note<Part extends object>(part: Part, contentsOf: (part: Part) => readonly unknown[]): void {
    if (!this.contents.has(part)) this.contents.set(part, contentsOf(part));
  }

  /** Which log or tree of the replica has changed since it was noted. */
  private changed({ log, transfer, checkpoints, checkpointTransfer }: Replica): string | undefined {
    if (this.differs(log, endsOf)) return 'It changed the log that it had before.';
    if (transfer !== undefined && this.differs(transfer.log, endsOf))
      return 'It changed the log that it fetched before.';
    const changed = checkpoints.find(({ table }) => this.differs(table, pairsOf));
    if (changed !== undefined)
      return `It changed the client-table of its checkpoint of ${changed.opNumber} entries.`;
    if (checkpointTransfer === undefined) return undefined;
    const { table, state } = checkpointTransfer;
    return this.differs(table, pairsOf) || this.differs(state, pairsOf)
      ? 'It changed the checkpoint that it fetched before.'
      : undefined;
  }

  private differs<Part extends object>(part: Part, contentsOf: (part: Part) => readonly unknown[]): boolean {
    const noted = this.contents.get(part) ?? [];
    const now = contentsOf(part);
    return now.length !== noted.length || now.some((item, index) => item !== noted[index]);
  }

  /** A copy of the replica that shares nothing with it that may change. */
  private copyOf(replica: Replica, last: Replica): Replica {
    const held = replica.held.length === 0 ? nothingHeld : [...replica.held];
    return this.implementation.copyWith(replica, this.tableOf(replica, last), pendingOf(replica, last), held);
  }

  /** The last copy of the client-table if nothing in it has changed. */
  private tableOf({ clientTable }: Replica, last: Replica): Replica['clientTable'] {
    const old = last.clientTable;
    if (clientTable === old) return old;
    let same = clientTable.size === old.size;
    if (same) {
      for (const [name, value] of clientTable) {
        same = old.get(name) === value;
        if (!same) break;
      }
    }
    if (same) return old;
    for (const [, value] of clientTable) freeze(value);
    const { Tree } = this.implementation;
    const empty: Replica['clientTable'] = Tree.empty();
    return empty.with(clientTable);
  }
}

/** The last copy of the pending requests if nothing in it has changed. */
function pendingOf({ pending }: Replica, last: Replica): Replica['pending'] {
  const old = last.pending;
  if (
    pending === old ||
    (pending.size === old.size && pending.every((value, name) => old.get(name) === value))
  )
    return old;
  // Adding a whole map to an empty one would yield that map itself, which may change.
  return old.clear().withMutations((copy) => {
    for (const [name, value] of pending) copy.set(name, value);
  });
}

const nothingHeld: Replica['held'] = [];

/** The ends of a log. Its entries are linked to each other, and are frozen. */
function endsOf(log: Log): readonly unknown[] {
  const { length, base, lastTime } = log;
  for (let last = length; last > base && !Object.isFrozen(log.at(last)); last--) freeze(log.at(last));
  return [length, base, lastTime, length > base ? log.at(length) : undefined];
}

function pairsOf(tree: Tree): readonly unknown[] {
  const pairs: unknown[] = [];
  for (const [name, value] of tree) pairs.push(name, value);
  return pairs;
}

/** Freezes what the replica declares to be immutable. */
function freezeFields(replica: Replica): void {
  freeze(replica.serviceState);
  freeze(replica.checkpoints);
  freeze(replica.acknowledged);
  freeze(replica.clocks);
  freeze(replica.prepares);
  freeze(replica.doViewChanges);
  freeze(replica.transfer);
  freeze(replica.checkpointTransfer);
  freeze(replica.checkpointTransfer?.paths);
  freeze(replica.recovery);
  for (const held of replica.held) freeze(held);
}

/** Freezes the messages and the records that the step has made. */
function freezeOutputs(outputs: readonly Output[]): void {
  for (const output of outputs) {
    if (output.type === 'send' || output.type === 'reply') freeze(output.message);
    else if (output.type === 'write') freeze(output.records);
  }
}

/** Freezes plain objects and lists, and all in them. Other objects keep caches in themselves, and are watched. */
function freeze(value: unknown): void {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return;
  if (Array.isArray(value)) {
    Object.freeze(value);
    for (const item of value) freeze(item);
    return;
  }
  if (Object.getPrototypeOf(value) !== Object.prototype) return;
  Object.freeze(value);
  // The state of a checkpoint is computed when it is first read, which must not be now.
  if (!('table' in value)) for (const inner of Object.values(value)) freeze(inner);
}

/** What a step did to a frozen object, if that is why it threw. */
function frozenChange(error: unknown): string | undefined {
  const isChange =
    error instanceof TypeError &&
    /read only property|not extensible|Cannot (add|delete) property/.test(error.message);
  return isChange
    ? `It changed what it had sent, received or kept as immutable: ${error.message}.`
    : undefined;
}
