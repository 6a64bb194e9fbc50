import { once } from 'node:events';
import { connect, Socket } from 'node:net';
import { expect, it, vi } from 'vitest';
import { nodeNetwork } from '../../../impl/node/platform/nodeNetwork.ts';

it('Connections whose other ends leave at once are ended a hundred in a turn', async () => {
  const count = 350;
  const unused = () => undefined;
  let closed = 0;
  const port = await nodeNetwork.listen(
    { host: '127.0.0.1', port: 0 },
    {
      ...{ tls: undefined, mostConnections: () => count, handshakeTimeout: 1, onTlsFailure: unused },
      onConnection: (stream) => {
        const onClosed = () => void closed++;
        stream.handle({ onClosed, onData: unused, onDrain: unused, onError: unused });
      },
    },
  );
  const clients: Socket[] = [];
  for (let number = 0; number < count; number++) {
    const client = connect(port.address);
    await once(client, 'connect');
    clients.push(client);
  }
  const ended = vi.spyOn(Socket.prototype, 'end');
  for (const client of clients) client.destroy();
  let most = 0;
  while (closed < count) {
    const before = ended.mock.calls.length;
    await new Promise(setImmediate);
    most = Math.max(most, ended.mock.calls.length - before);
  }
  expect(ended).toHaveBeenCalledTimes(count);
  expect(most).toBeLessThanOrEqual(100);
  ended.mockRestore();
  await port.close();
});
