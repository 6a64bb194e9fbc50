// Three toy replicas that write traces, and share no code with the project: they know only the format of docs/conform.md.
// They write to their storage within the step, so that what they store changes together with what they hold.
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

class Toy {
  /** The lines of the trace. */
  lines = [];
  #step = 0;
  #number;
  #ack = new Map();

  constructor(number) {
    this.#number = number;
    this.view = 0;
    this.lastNormal = 0;
    this.commit = 0;
    /** Pairs of a checksum and an entry. */
    this.log = [];
    this.start(1);
  }

  /** Starts, or comes back with what is stored. The primary of a view moves to the next one. */
  start(incarnation) {
    this.commit = 0;
    this.#step = 0;
    const stored = this.#stored();
    const moves = incarnation > 1 && this.view === this.lastNormal && this.view % 3 === this.#number;
    if (moves) this.view += 1;
    this.#write({
      format: 'viewstamped-trace',
      version: 1,
      group: { replicas: 3, mode: 'durable' },
      replica: this.#number,
      incarnation,
      event: { type: 'start' },
      status: 'up',
      viewNumber: this.view,
      lastNormalView: this.lastNormal,
      commitNumber: 0,
      log: { after: this.#name(), entries: [] },
      stored,
    });
  }

  timer() {
    this.view += 1;
    const message = { type: 'STARTVIEWCHANGE', viewNumber: this.view };
    this.#write({
      event: { type: 'timer' },
      viewNumber: this.view,
      stored: this.#stored(),
      sent: this.#toOthers(message),
    });
    return message;
  }

  request(clientId, requestNumber, operation) {
    const entry = [clientId, 0, requestNumber, 1000 + this.log.length, 7, operation];
    const log = this.#append([entry]);
    const message = { type: 'PREPARE', viewNumber: this.view, log: this.#name(), commitNumber: this.commit };
    const request = { type: 'REQUEST', clientId, session: 0, requestNumber, operation };
    this.#ack.set(this.#number, this.log.length);
    this.#write({
      event: { type: 'message', message: request },
      log,
      stored: this.#stored(),
      sent: this.#toOthers(message),
    });
    return { message, entries: [entry] };
  }

  prepare({ message, entries }) {
    const log = this.#append(entries);
    const ack = { type: 'PREPAREOK', viewNumber: this.view, opNumber: this.log.length };
    this.#write({
      event: { type: 'message', from: this.view % 3, message },
      log,
      stored: this.#stored(),
      ...this.#execute(message.commitNumber),
      sent: [{ to: [this.view % 3], message: ack }],
    });
    return ack;
  }

  prepareOk(from, message) {
    this.#ack.set(from, message.opNumber);
    const held = [...this.#ack.values()].sort((one, other) => other - one);
    const before = this.commit;
    const executed = this.#execute(held[1] ?? 0);
    const sent = this.log.slice(before, this.commit).map(([, [clientId, , requestNumber, , , operation]]) => {
      return { message: { type: 'REPLY', clientId, requestNumber, result: operation } };
    });
    this.#write({ event: { type: 'message', from, message }, ...executed, sent });
  }

  startViewChange(from, message) {
    const moves = message.viewNumber > this.view;
    if (moves) this.view = message.viewNumber;
    const vote = {
      type: 'DOVIEWCHANGE',
      viewNumber: this.view,
      lastNormalView: this.lastNormal,
      log: this.#name(),
      commitNumber: this.commit,
    };
    this.#write({
      event: { type: 'message', from, message },
      ...(moves ? { viewNumber: this.view, stored: this.#stored() } : {}),
      sent: [{ to: [this.view % 3], message: vote }],
    });
    return { vote, log: this.log };
  }

  /** The new primary starts the view with the better of this vote and its own. */
  doViewChange(from, { vote, log }) {
    const own = { lastNormal: this.lastNormal, length: this.log.length };
    const isBetter =
      vote.lastNormalView > own.lastNormal ||
      (vote.lastNormalView === own.lastNormal && log.length > own.length);
    const change = isBetter ? { log: this.#replace(log) } : {};
    this.lastNormal = this.view;
    this.#ack = new Map([[this.#number, this.log.length]]);
    const message = {
      type: 'STARTVIEW',
      viewNumber: this.view,
      log: this.#name(),
      commitNumber: this.commit,
    };
    this.#write({
      event: { type: 'message', from, message: vote },
      lastNormalView: this.view,
      ...change,
      stored: this.#stored(),
      sent: this.#toOthers(message),
    });
    return { message, log: this.log };
  }

  startView(from, { message, log }) {
    this.view = message.viewNumber;
    this.lastNormal = message.viewNumber;
    const change = this.#replace(log);
    const ack = { type: 'PREPAREOK', viewNumber: this.view, opNumber: this.log.length };
    this.#write({
      event: { type: 'message', from, message },
      viewNumber: this.view,
      lastNormalView: this.lastNormal,
      log: change,
      stored: this.#stored(),
      ...this.#execute(message.commitNumber),
      sent: [{ to: [from], message: ack }],
    });
    return ack;
  }

  #append(entries) {
    const after = this.#name();
    for (const entry of entries) this.log = [...this.log, [checksumOf(this.#name().checksum, entry), entry]];
    return { after, entries: entries.map((entry, index) => [this.log[after.opNumber + index][0], ...entry]) };
  }

  #replace(log) {
    this.log = log;
    return { after: { opNumber: 0, checksum: '' }, entries: log.map(([sum, entry]) => [sum, ...entry]) };
  }

  #execute(upTo) {
    const from = this.commit;
    if (upTo <= from) return {};
    this.commit = upTo;
    const executed = this.log.slice(from, upTo).map(([, [, , , , , operation]], index) => {
      return { opNumber: from + index + 1, result: operation };
    });
    return { commitNumber: upTo, executed };
  }

  #name() {
    return { opNumber: this.log.length, checksum: this.log.at(-1)?.[0] ?? '' };
  }

  #stored() {
    return { viewNumber: this.view, lastNormalView: this.lastNormal, log: this.#name() };
  }

  #toOthers(message) {
    return [{ to: [0, 1, 2].filter((number) => number !== this.#number), message }];
  }

  #write(line) {
    this.lines.push({ step: this.#step++, ...line });
  }
}

function checksumOf(before, entry) {
  return createHash('sha1')
    .update(before + JSON.stringify(entry))
    .digest('hex')
    .slice(0, 12);
}

// Three requests in view 0, the last of which r2 misses. r0 stops, r2 crashes, and r1 starts view 1. At the end r0 comes back.
const [folder = '.'] = process.argv.slice(2);
const toys = [new Toy(0), new Toy(1), new Toy(2)];
const [r0, r1, r2] = toys;
for (const number of [1, 2, 3]) {
  const prepare = r0.request('ann', number, `request ${number}`);
  r0.prepareOk(1, r1.prepare(prepare));
  if (number < 3) r0.prepareOk(2, r2.prepare(prepare));
}
r2.start(2);
const call = r1.timer();
const start = r1.doViewChange(2, r2.startViewChange(1, call));
r1.prepareOk(2, r2.startView(1, start));
r1.prepareOk(2, r2.prepare(r1.request('bob', 1, 'request 4')));
r0.start(2);
r1.prepareOk(0, r0.startView(1, start));
for (const [number, { lines }] of toys.entries())
  writeFileSync(join(folder, `r${number}.jsonl`), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
