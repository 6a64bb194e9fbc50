import { reply, self, serve } from './node.mjs';

// With the argument `deaf`, n1 answers with another text than it was sent.
const isDeaf = process.argv[2] === 'deaf';

serve((message) => {
  const heard = isDeaf && self.id === 'n1' ? 'What?' : message.body.echo;
  reply(message, { type: 'echo_ok', echo: heard });
});
