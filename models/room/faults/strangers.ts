import { jsonCodec } from '../../../impl/node/encoding/codec.ts';
import type { ByteStream } from '../../../impl/node/platform/network.ts';
import { framed } from '../../../impl/node/tcp/frame.ts';
import { Machine } from '../machine.ts';
import { type Fault, picked } from './fault.ts';

/** What programs do that belong to no group. */
export const strangerFaults = {
  /** A stranger makes many connections to a replica, and says nothing on them, half a frame, or something else. Then it leaves or vanishes. */
  strangers: ({ network, replicas, chance }) => {
    const { name: host, time } = picked(replicas, chance).machine;
    const machine = new Machine(`x${network.strangers.size}`, time, chance.below(2 ** 31));
    network.add(machine);
    network.strangers.add(machine);
    const seen = network.seenBy(machine.start());
    const says = picked(sayings, chance);
    const count = 10 + chance.below(200);
    for (let number = 0; number < count; number++) {
      const stream = seen.connect({ host, port: 1 }, undefined);
      const onConnected = (): void => says(stream);
      stream.handle({ onConnected, onData: ignore, onDrain: ignore, onError: ignore, onClosed: ignore });
    }
    const leaves = chance.below(2) === 0;
    return () => {
      if (leaves) machine.kill();
      else machine.powerOff();
    };
  },
} satisfies Readonly<Record<string, Fault>>;

const ignore = (): void => undefined;

const hello = framed(
  jsonCodec,
  jsonCodec.encode({
    type: 'hello',
    group: 'another',
    from: null,
    mode: null,
    boot: 'x',
    introduction: null,
  }),
);

const sayings: readonly ((stream: ByteStream) => void)[] = [
  ignore,
  (stream) => void stream.write(hello.subarray(0, 5)),
  (stream) => void stream.write(hello.subarray(0, hello.length - 1)),
  (stream) => void stream.write(hello),
  (stream) => void stream.write(Buffer.from('GET / HTTP/1.1\r\nHost: replica\r\n\r\n')),
  (stream) => void stream.write(Buffer.alloc(100, 0xff)),
];
