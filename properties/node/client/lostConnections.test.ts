import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { ClusterClient } from '../../../impl/node/client/clusterClient.ts';
import { usualLimits } from '../../../impl/node/cluster/cluster.ts';
import { jsonCodec } from '../../../impl/node/encoding/codec.ts';
import { FrameReader } from '../../../impl/node/tcp/frame.ts';
import { answerSchema } from '../../../impl/node/tcp/handshake.ts';
import { generousTimeout, ServedGroup, until } from '../servedGroup.ts';

/** Where clients reach the servers: connections are passed on, and cut in place of an answer to a request while `cuts` holds. */
class Relays {
  /** Whether the connection is cut, in place of this answer. */
  cuts: (requestNumber: number) => boolean = () => false;
  /** The requests whose answers were lost, by number. */
  readonly lost: number[] = [];
  private readonly open = new Set<Socket>();
  private readonly servers = new Set<ReturnType<typeof createServer>>();

  async to(port: number): Promise<number> {
    const server = createServer((near) => this.relay(near, connect(port, '127.0.0.1')));
    this.servers.add(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return portOf(server.address());
  }

  end(): void {
    for (const server of this.servers) server.close();
    for (const socket of this.open) socket.destroy();
  }

  private relay(near: Socket, far: Socket): void {
    const cut = (): void => {
      near.destroy();
      far.destroy();
    };
    for (const socket of [near, far]) {
      this.open.add(socket);
      socket.on('error', () => undefined).on('close', cut);
    }
    near.pipe(far);
    const reader = new FrameReader(jsonCodec, usualLimits.frame);
    far.on('data', (chunk: Buffer) => {
      const lost = [...reader.read(chunk)].flatMap(requestNumberIn).filter((number) => this.cuts(number));
      this.lost.push(...lost);
      if (lost.length > 0) cut();
      else near.write(chunk);
    });
  }
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('The relay listens on no port.');
  return address.port;
}

/** The number of the request that is answered, but for registrations. */
function requestNumberIn(message: unknown): readonly number[] {
  const answer = answerSchema.parse(message);
  return answer.type === 'REPLY' && answer.requestNumber > 0 ? [answer.requestNumber] : [];
}

let group: ServedGroup;
let relays: Relays;
const clients: ClusterClient[] = [];

afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  relays.end();
  await group.end();
});

/** A client of a new group, over the relays. */
async function served(): Promise<ClusterClient> {
  relays = new Relays();
  group = await ServedGroup.start();
  const addresses = await Promise.all(
    group.cluster.addresses.map(async ({ host, port }) => ({ host, port: await relays.to(port) })),
  );
  const client = new ClusterClient({ ...group.cluster, addresses }, { deadline: generousTimeout });
  clients.push(client);
  return client;
}

const swap = (expected: number | null, value: number) => ({
  type: 'compare-and-set',
  key: 'a',
  expected,
  value,
});
const get = { type: 'get', key: 'a' };
const commitNumbers = () => [0, 1, 2].map((number) => group.server(number).status().commitNumber);

describe('a client whose connections are cut before answers', () => {
  test('has each request executed once, in their order, and gets the first answer', async () => {
    const client = await served();
    const left = new Map([1, 2, 5, 6, 12].map((number) => [number, 3]));
    relays.cuts = (number) => {
      const times = left.get(number) ?? 0;
      left.set(number, times - 1);
      return times > 0;
    };
    const values = Array.from({ length: 12 }, (_, index) => index);
    // A request that is executed again finds another value than it expects.
    const answers = await Promise.all(
      values.map((value) => client.request(swap(value === 0 ? null : value - 1, value))),
    );
    expect(answers).toEqual(values.map(() => true));
    for (const number of [1, 2, 5, 6, 12])
      expect(relays.lost.filter((lost) => lost === number)).toHaveLength(3);
    // The registration, and an entry for each request.
    expect(Math.max(...commitNumbers())).toBe(13);
  });

  test('goes on after a request that was sent and given up, in the same session', async () => {
    const client = await served();
    relays.cuts = (number) => number === 2;
    await client.request(swap(null, 1));
    const controller = new AbortController();
    const aborted = client.request(swap(1, 2), { signal: controller.signal });
    await until(() => relays.lost.includes(2), 'the answer is lost');
    controller.abort();
    await expect(aborted).rejects.toMatchObject({ name: 'MaybeExecutedError', reason: 'aborted' });
    relays.cuts = () => false;
    expect(await client.request(get)).toBe(2);
    expect(await client.request(swap(2, 3))).toBe(true);
    expect(Math.max(...commitNumbers())).toBe(5);
  });
});
