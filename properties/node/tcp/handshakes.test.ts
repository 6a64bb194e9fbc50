import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { expect, it } from 'vitest';
import { nodeNetwork } from '../../../impl/node/platform/nodeNetwork.ts';
import { authority, credentialsOf } from './certificates.ts';

it('A new connection takes the place of the oldest one whose TLS handshake is not complete', async () => {
  const ours = await authority();
  const unused = () => undefined;
  const most = 5;
  const port = await nodeNetwork.listen(
    { host: '127.0.0.1', port: 0 },
    {
      tls: await credentialsOf('replica-0', ours),
      mostConnections: () => most,
      ...{ handshakeTimeout: 60_000, onConnection: unused, onTlsFailure: unused },
    },
  );
  const strangers: Socket[] = [];
  for (let count = 0; count < most; count++) {
    const stranger = connect(port.address);
    await once(stranger, 'connect');
    strangers.push(stranger);
  }
  const [oldest, ...others] = strangers;
  const tls = await credentialsOf('client', ours);
  const stream = nodeNetwork.connect(port.address, { ...tls, expectedName: 'replica-0' });
  await new Promise<void>((resolve, reject) => {
    stream.handle({
      ...{ onConnected: resolve, onError: reject },
      ...{ onData: unused, onDrain: unused, onClosed: unused },
    });
  });
  if (oldest?.closed === false) await once(oldest.resume(), 'close');
  expect(others.map(({ closed }) => closed)).toEqual(others.map(() => false));
  for (const stranger of others) stranger.destroy();
  stream.destroy();
  await port.close();
});
