import { reply, self, send, serve } from './node.mjs';

// A faulty node. Its argument names the fault.
const [, , mistake] = process.argv;

const print = (text) => process.stdout.write(`${text}\n`);

process.stderr.write(`This node does ${mistake}.\n`);
if (mistake === 'exit') process.exit(3);

const mistakes = {
  crash: () => process.exit(4),
  garbage: () => print('Hello, world! \u001b[31m'),
  shapeless: () => print('{"src":"n0","body":{}}'),
  nowhere: () => send('n99', { type: 'hello' }),
  disguise: () => print('{"src":"n9","dest":"n0","body":{}}'),
  endless: () => {
    const piece = 'x'.repeat(2 ** 16);
    const more = () => {
      while (process.stdout.write(piece));
      process.stdout.once('drain', more);
    };
    more();
  },
  deep: ({ src, body: { msg_id } }) => {
    const [opening, closing] = ['[', ']'].map((bracket) => bracket.repeat(100_000));
    const body = `{"type":"echo_ok","in_reply_to":${msg_id},"echo":${opening}${closing}}`;
    print(`{"src":"${self.id}","dest":"${src}","body":${body}}`);
  },
  answer: (message) => reply(message, { type: 'echo_ok' }),
  error: (message) => reply(message, { type: 'error', code: 'eleven' }),
};

if (mistake === 'mute') setInterval(() => {}, 1000);
else if (mistake === 'elsewhere') {
  print('{"src":"n0","dest":"c0","body":{"type":"init_ok","in_reply_to":99}}');
  setInterval(() => {}, 1000);
} else serve((message) => mistakes[mistake](message));
