import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { clusterFromOptions } from '../../impl/cli/clusterOptions.ts';
import { keyValueService } from '../../impl/index.ts';
import { formatAddress, parseAddress } from '../../impl/node/cluster/address.ts';
import { clusterOf, configurationOf } from '../../impl/node/cluster/cluster.ts';
import { readCluster } from '../../impl/node/cluster/clusterFile.ts';
import { groupOf } from '../../impl/node/cluster/settings.ts';
import { SetupError } from '../../impl/node/cluster/setupError.ts';
import type { TlsCredentials } from '../../impl/node/cluster/tlsCredentials.ts';
import { binaryCodec } from '../../impl/node/encoding/codec.ts';
import { authority, credentialsOf } from './tcp/certificates.ts';

const directory = mkdtempSync(join(tmpdir(), 'viewstamped-'));
afterAll(() => rmSync(directory, { recursive: true }));

function reading(text: string, who = 'client') {
  const file = join(directory, 'cluster.yaml');
  writeFileSync(file, text);
  return () => readCluster(file, who);
}

function writeCredentials({ ca, cert, key }: TlsCredentials): void {
  for (const [name, text] of Object.entries({ ca, client: cert, 'client-key': key }))
    writeFileSync(join(directory, `${name}.pem`), text);
}

const tls = 'tls:\n  ca: ca.pem\n  certificate: "{name}.pem"\n  key: "{name}-key.pem"\n';
const addresses = 'replicas_addresses:\n  - 127.0.0.1:14621\n  - localhost:14622\n  - "[::1]:14623"\n';

describe('a cluster file', () => {
  test('needs only the addresses of the replicas', () => {
    const cluster = reading(addresses)();
    expect(cluster.addresses.map(formatAddress)).toEqual([
      '127.0.0.1:14621',
      'localhost:14622',
      '[::1]:14623',
    ]);
    expect([cluster.mode, cluster.tick, cluster.connectionLimits.frame]).toEqual([
      'durable',
      50,
      1024 * 1024,
    ]);
  });

  test('may set every other field', async () => {
    const credentials = await credentialsOf('client', await authority());
    writeCredentials(credentials);
    const more = 'mode: diskless\ntick_milliseconds: 20\nsessions: 7\ncodec: binary\nframe_bytes: 65536\n';
    const rules =
      'roles:\n  read: [ann, bob]\n  metrics: []\nsessions_per_name: 3\nrequests_per_second_per_name: 9\n';
    expect(reading(addresses + more + tls + rules)()).toMatchObject({
      access: {
        roles: { read: ['ann', 'bob'], metrics: [] },
        sessionsPerName: 3,
        requestsPerSecondPerName: 9,
      },
      ...{ mode: 'diskless', tick: 20, codec: binaryCodec },
      ...{ limits: { sessions: 7 }, connectionLimits: { frame: 65_536 } },
      tls: credentials,
    });
  });

  test('with a key, a certificate or an authority that does not fit is rejected', async () => {
    const [mine, yours] = await Promise.all(
      ['client', 'other'].map(async (name) => credentialsOf(name, await authority())),
    );
    if (mine === undefined || yours === undefined) throw new Error('There are two.');
    for (const [wrong, problem] of [
      [
        { key: yours.key },
        'tls: key is not that of certificate: compare the files that it names for client.',
      ],
      [{ key: 'none' }, 'tls: key holds no private key'],
      [{ cert: mine.key }, 'tls: certificate holds no certificate'],
      [{ ca: 'none' }, 'tls: ca holds no certificate'],
    ] as const) {
      writeCredentials({ ...mine, ...wrong });
      expect(reading(addresses + tls)).toThrow(SetupError);
      expect(reading(addresses + tls)).toThrow(problem);
    }
  });

  test.each([
    ['mode: sometimes', 'line 5: mode: '],
    ['\ntick_milliseconds: 0', 'line 6: tick_milliseconds: '],
    ['modus: durable', 'line 5: modus: '],
    [
      '  - LOCALHOST:14622',
      'replicas_addresses: replicas 1 and 3 both have the address LOCALHOST:14622: give each its own.',
    ],
    ['sessions: [', 'line 6: this is not YAML: '],
    ['sessions: *many', 'this is not YAML: Unresolved alias'],
    ['tls:\n  cert: x', 'line 6: tls.cert: Unrecognized key: "cert". Known fields: ca, certificate, key.'],
    ['tls:\n  ca: x\n  certificate: y', 'line 6: tls.key: '],
    ['roles:\n  read: [ann]', 'line 6: roles: names come from certificates: it needs tls'],
    ['sessions_per_name: 3', 'line 5: sessions_per_name: names come from certificates: it needs tls'],
    [
      'roles:\n  reads: [ann]',
      'line 6: roles.reads: Unrecognized key: "reads". Known fields: read, write, admin, metrics.',
    ],
    [
      'roles:\n  write:\n    - replica-1',
      'line 7: roles.write.0: a replica has no role: it takes part in the group',
    ],
    ['requests_per_second_per_name: 0', 'line 5: requests_per_second_per_name: '],
    ['tls:\n  ca: nowhere.pem\n  certificate: y\n  key: z', 'nowhere.pem'],
  ])('with %j is rejected, and the place is named', (text, error) => {
    expect(reading(`${addresses}${text}\n`)).toThrow(SetupError);
    expect(reading(`${addresses}${text}\n`)).toThrow(error);
  });

  test('with a bound on clocks that is shorter than two failure timeouts is rejected with the arithmetic', () => {
    const read = reading(`${addresses}tick_milliseconds: 100\nclock_bound_milliseconds: 1199\n`);
    expect(read).toThrow(
      'line 6: clock_bound_milliseconds: 1199 ms is less than 12 ticks of 100 ms, 1200 ms together, which is how old a report of a clock may be: write 1200 or more.',
    );
    expect(reading(`${addresses}clock_bound_milliseconds: 600\n`)().limits.clockBound).toBe(600);
  });

  test.each([
    [
      'frame_bytes: 4000',
      'line 5: frame_bytes: a message takes 2048 bytes, an entry of the log in it 2048, and a small operation 192, which makes 4288 bytes, and a frame has 4000: allow frames of 4288 bytes or more.',
    ],
    [
      'frame_bytes: 65536\nmax_chars: 262144',
      'line 6: max_chars: 262144 characters of 3 bytes and 2048 bytes around them make 788480 bytes, and a frame has 65536: allow 21162 characters or fewer, or frames of 788480 bytes or more.',
    ],
    [
      'frame_bytes: 65536\nqueue_bytes: 65544',
      'line 6: queue_bytes: a queue of 65544 bytes takes no frame of 65536 and its header of 9, 65545 together: allow queues of 65545 bytes or more, or smaller frames.',
    ],
  ])('that contradicts itself with %j is rejected with the arithmetic', (text, error) => {
    expect(reading(`${addresses}${text}\n`)).toThrow(SetupError);
    expect(reading(`${addresses}${text}\n`)).toThrow(error);
  });

  test('needs no other bound than that of a frame', () => {
    const cluster = (text: string) => configurationOf(reading(`${addresses}${text}`)(), keyValueService);
    expect(cluster('frame_bytes: 65536\n')).toMatchObject({ maxChars: 21_162, operationChars: 20_480 });
    expect(cluster('frame_bytes: 65536\nmax_chars: 21162\nqueue_bytes: 65545\n').maxChars).toBe(21_162);
    const short = clusterOf([], { connectionLimits: { frame: 65_536, queue: 65_544 } });
    expect(() => configurationOf(short, keyValueService)).toThrow(
      /^connectionLimits: a queue of 65544 bytes/,
    );
  });

  test('of another frame makes another group, because results have another bound', () => {
    const group = (text: string) =>
      groupOf(configurationOf(reading(`${addresses}${text}`)(), keyValueService));
    const chars = 'max_chars: 1000\n';
    expect(group(`${chars}frame_bytes: 65536\n`)).not.toBe(group(chars));
    expect(group(`${chars}frame_bytes: 1048576\n`)).toBe(group(chars));
  });

  test('has a bound on clocks that its ticks allow', () => {
    const cluster = (ticks: string) => configurationOf(reading(`${addresses}${ticks}`)(), keyValueService);
    expect(cluster('').clockBound).toBe(10_000);
    expect(cluster('tick_milliseconds: 1000\n').clockBound).toBe(12_000);
    const impossible = clusterOf([], { tick: 1000, limits: { clockBound: 5000 } });
    expect(() => configurationOf(impossible, keyValueService)).toThrow(RangeError);
  });

  test.each([
    [
      'replicas_addresses:\n  - 127.0.0.1:14621\n  - nonsense\n',
      'line 3: replicas_addresses.1: "nonsense" is no address: write host:port, with a port from 1 to 65535',
    ],
    ['mode: durable\n', 'replicas_addresses: '],
    ['', 'is empty: write replicas_addresses, as in replicas_addresses: ['],
    ['# a comment\n', 'is empty: write replicas_addresses'],
    ['- 1\n- 2\n', 'the file: '],
  ])('of %j is rejected, and the place is named', (text, error) => {
    expect(reading(text)).toThrow(error);
  });

  test('with a misspelt field is rejected, and that field is named beside the missing one', () => {
    const misspelt = reading(`tick_milliseconds: 50\n${addresses.replace('replicas', 'replica')}`);
    expect(misspelt).toThrow(/, line 3: replica_addresses: .* Known fields: replicas_addresses, mode, /);
    expect(misspelt).toThrow('line 1: replicas_addresses: ');
  });

  test.each([
    ['localhost', '"localhost" is no address: write host:port'],
    ['localhost:', '"localhost:" is no address'],
    ['127.0.0.1:99999', '"127.0.0.1:99999" is no address'],
    ['127.0.0.1:-1', '"127.0.0.1:-1" is no address'],
    [
      '::1:14621',
      '"::1:14621" is no address: write host:port, with a port from 1 to 65535, and an IPv6 address in brackets',
    ],
    ['http://one.example:14621', 'is no address'],
    ['127.0.0.1:0', '127.0.0.1:0 has port 0, which stands for any free one'],
    [
      '[fe80::1%eth0]:14621',
      '[fe80::1%eth0]:14621 has a scope, %eth0, which means something on one machine only',
    ],
    ['0.0.0.0:14621', '0.0.0.0:14621 stands for all addresses of a machine'],
    ['[::]:14621', '[::]:14621 stands for all addresses of a machine'],
    ['[0::0]:14621', '[0::0]:14621 stands for all addresses of a machine'],
    ['300.1.1.1:14621', '300.1.1.1 is no name and no IP address'],
    ['[::::]:14621', ':::: is no name and no IP address'],
  ])('names a member %j: it is rejected with its line, and the reason', (address, reason) => {
    const text = `replicas_addresses:\n  - a.example:1\n  - "${address}"\n`;
    expect(reading(text)).toThrow(SetupError);
    expect(reading(text)).toThrow(`, line 3: replicas_addresses.1: `);
    expect(reading(text)).toThrow(reason);
    expect(() => clusterFromOptions({ config: undefined, members: `a:1,${address}` }, 'client')).toThrow(
      `--members: ${reason.startsWith('is') ? '' : reason}`,
    );
  });

  test.each([
    ['Host:1', 'host:1'],
    ['[::1]:1', '[0:0:0:0:0:0:0:1]:1'],
    ['[::ffff:127.0.0.1]:1', '[::ffff:7f00:1]:1'],
    ['127.0.0.1:1', '127.1:1'],
  ])('gives %j and %j, one address in two spellings: it is rejected', (one, other) => {
    expect(reading(`replicas_addresses: ["${one}", "x:1", "${other}"]\n`)).toThrow(
      'replicas 0 and 2 both have the address',
    );
  });

  test('that is no text in UTF-8 is rejected', () => {
    const file = join(directory, 'bytes.yaml');
    writeFileSync(file, Buffer.from([0x61, 0x3a, 0x20, 0xff, 0xfe]));
    expect(() => readCluster(file, 'client')).toThrow(`Cannot read ${file}: it is no text in UTF-8.`);
  });

  test.each([
    ['sessions: *none\n', 'this is not YAML: Unresolved alias'],
    ['sessions: 5\nsessions: 6\n', 'line 3: this is not YAML: Map keys must be unique'],
    ['\tsessions: 5\n', 'line 2: this is not YAML: '],
    ['roles: &r\n  <<: *r\n', 'line 3: roles.<<: Unrecognized key'],
    ['? [a]\n: 5\n', 'Unrecognized key: "[ a ]"'],
    ['sessions: 1e400\n', 'line 2: sessions: '],
    ['sessions: -5\n', 'line 2: sessions: '],
    ['sessions: 4.5\n', 'line 2: sessions: '],
    ['sessions:\n', 'line 2: sessions: '],
    ['sessions: 9007199254740993\n', 'line 2: sessions: '],
    ['--- \nsessions: 5\n', 'multiple documents'],
    ['mode: disk\n', 'line 2: mode: '],
  ])('that holds %j is rejected in words, with the place', (text, reason) => {
    expect(reading(`replicas_addresses: [a:1, b:1, c:1]\n${text}`)).toThrow(SetupError);
    expect(reading(`replicas_addresses: [a:1, b:1, c:1]\n${text}`)).toThrow(reason);
  });

  test('that does not exist is rejected in one sentence, with advice', () => {
    const file = join(directory, 'none.yaml');
    expect(() => readCluster(file, 'client')).toThrow(
      new SetupError(`Cannot read ${file}: there is no such file. Name one with --config.`),
    );
  });
});

test.each(['a:', ':1', 'a:65536', 'a b:1', '::1:80', 'a:1x', ''])('%j is no address', (text) => {
  expect(parseAddress(text)).toBeUndefined();
});
