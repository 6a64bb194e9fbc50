import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { reply, self, send, serve } from './node.mjs';

// The first node holds all registers, and the others forward requests to it: store.mjs DIRECTORY [stale | forgetful].
// `stale` nodes answer reads from a cache, and a `forgetful` one does not read its disk when it starts.
const [, , directory, mistake] = process.argv;
const file = `${directory}/registers.json`;

// The tests check by this id whether the node still runs.
writeFileSync(`${directory}/pid`, `${process.pid}`);

const isKept = existsSync(file) && mistake !== 'forgetful';
/** The registers, and the last request of each client with its answer, because a request may arrive twice. */
const state = isKept ? JSON.parse(readFileSync(file, 'utf8')) : { registers: {}, answered: {} };

function keep() {
  writeFileSync(`${file}.new`, JSON.stringify(state));
  renameSync(`${file}.new`, file);
}

function execute({ type, key, value, from, to }) {
  const known = state.registers[key];
  if (type === 'write') {
    state.registers[key] = value;
    return { type: 'write_ok' };
  }
  if (known === undefined) return { type: 'error', code: 20, text: 'no such key' };
  if (type === 'read') return { type: 'read_ok', value: known };
  if (known !== from) return { type: 'error', code: 22, text: `it is ${known}` };
  state.registers[key] = to;
  return { type: 'cas_ok' };
}

/** The answer to a request, or undefined if it is older than the last one. */
function answerTo({ src, body }) {
  const last = state.answered[src];
  if (last !== undefined && body.msg_id < last.id) return undefined;
  if (last?.id !== body.msg_id) {
    state.answered[src] = { id: body.msg_id, answer: execute(body) };
    keep();
  }
  return state.answered[src].answer;
}

const seen = new Map();

serve((message) => {
  const { src, body } = message;
  const isStale = mistake === 'stale' && body.type === 'read' && seen.has(body.key);
  if (body.type === 'answered') {
    if (body.answer.type === 'read_ok') seen.set(body.request.body.key, body.answer.value);
    reply(body.request, body.answer);
  } else if (body.type === 'ask') {
    const answer = answerTo(body.request);
    if (answer !== undefined) send(src, { type: 'answered', request: body.request, answer });
  } else if (self.id !== self.all[0] && isStale) {
    reply(message, { type: 'read_ok', value: seen.get(body.key) });
  } else if (self.id !== self.all[0]) {
    send(self.all[0], { type: 'ask', request: message });
  } else {
    const answer = answerTo(message);
    if (answer !== undefined) reply(message, answer);
  }
});
