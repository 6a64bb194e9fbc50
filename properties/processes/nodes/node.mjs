import { createInterface } from 'node:readline';

/** The part common to all nodes: it reads messages, answers init, and passes the others to `handle(message)`. */
export const self = { id: '', all: [] };

export function send(dest, body) {
  process.stdout.write(`${JSON.stringify({ src: self.id, dest, body })}\n`);
}

export function reply({ src, body: { msg_id } }, body) {
  send(src, { ...body, in_reply_to: msg_id });
}

export function serve(handle) {
  createInterface({ input: process.stdin }).on('line', (line) => {
    const message = JSON.parse(line);
    if (message.body.type !== 'init') return handle(message);
    self.id = message.body.node_id;
    self.all = message.body.node_ids;
    reply(message, { type: 'init_ok' });
  });
}
