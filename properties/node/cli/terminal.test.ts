import { afterEach, describe, expect, it } from 'vitest';
import { formatAddress } from '../../../impl/node/cluster/address.ts';
import { ServedGroup } from '../servedGroup.ts';
import { set } from '../watch/executedEntries.ts';
import { TerminalSession } from './terminalSession.ts';

const enter = '\r';
const ctrlC = '\x03';
const ctrlD = '\x04';
const tab = '\t';
const clearLine = '\r\x1b[K';
const prompt = 'client=>';

let session: TerminalSession | undefined;

afterEach(() => session?.close());

async function open(...args: readonly string[]): Promise<TerminalSession> {
  session = new TerminalSession([process.execPath, 'impl/cli/viewstamped.mjs', ...args].join(' '));
  await session.until(prompt);
  return session;
}

/** No server listens at this port: it is reserved. */
const unanswered = ['client', '--members', '127.0.0.1:1', '--timeout', '600000'];

describe('the demo in a terminal', () => {
  it('executes commands, and completes their names', async () => {
    const demo = await open('demo');
    demo.type(`SET a 1${enter}`);
    await demo.until('server=> {"result": "1"}');
    demo.type(`cra${tab}`);
    await demo.until('crash ');
    demo.type(`0${enter}`);
    await demo.until('replica 0 has crashed');
    demo.type(ctrlD);
    expect(await demo.end()).toBe(0);
  });

  it('says when there is no majority, and Ctrl-C ends the wait for an answer alone', async () => {
    const demo = await open('demo');
    demo.type(`SET b 1${enter}`);
    await demo.until('server=> {"result": "1"}');
    demo.type(`crash 0${enter}crash 1${enter}`);
    await demo.until('no majority: requests wait until 2 of the 3 replicas run and are connected');
    demo.type(`SET a 1${enter}`);
    await demo.until('SET a 1');
    demo.type(ctrlC);
    await demo.until(
      'MaybeExecutedError: Stopped waiting for the answer: the operation may have been executed, or may yet be.',
    );
    await demo.until(prompt);
    demo.type(`restart 0${enter}GET b${enter}`);
    await demo.until('server=> {"result": "1"}');
    demo.type(`exit${enter}`);
    expect(await demo.end()).toBe(0);
  });
});

describe('a watch in the demo', () => {
  it('shows changes across the crash of a replica until Ctrl-C, which gives the prompt back', async () => {
    const demo = await open('demo');
    demo.type(`help${enter}`);
    await demo.until('WATCH key [after]  ');
    demo.type(`SET a 1${enter}SET a 2${enter}`);
    await demo.until('server=> {"result": "2"}');
    demo.type(`WATCH a 1${enter}`);
    await demo.until('Watching "a" after op-number 1.');
    await demo.until('server=> 2 SET "a" "1"');
    await demo.until('server=> 3 SET "a" "2"');
    // F1 crashes the replica that is asked.
    demo.type('\x1bOP');
    await demo.until('replica 0 has crashed');
    await demo.until('normal in view 1, primary');
    demo.type(ctrlC);
    await demo.until('Stopped. All changes after op-number 1 up to 3 were shown. To go on: WATCH "a" 3');
    await demo.until(prompt);
    demo.type(`SET a 3${enter}`);
    await demo.until('server=> {"result": "3"}');
    demo.type(`WATCH a 3${enter}`);
    await demo.until('server=> 4 SET "a" "3"');
    demo.type(ctrlC);
    await demo.until(prompt);
    demo.type(ctrlD);
    expect(await demo.end()).toBe(0);
  });
});

describe('a terminal that is resized', () => {
  it('shows the line that is typed again, and completes and executes it', async () => {
    const demo = await open('demo');
    demo.type('SET a 12');
    await demo.until('SET a 12');
    demo.resize(13, 5);
    await demo.until(`${prompt}SET a 12`);
    demo.type(`3${enter}`);
    await demo.until('server=> {"result": "123"}');
    await demo.until(prompt);
    demo.type(`cra${tab}`);
    await demo.until('crash ');
    demo.resize(80, 24);
    await demo.until(`${prompt}crash `);
    demo.type(`0${enter}`);
    await demo.until('replica 0 has crashed');
    demo.type(ctrlD);
    expect(await demo.end()).toBe(0);
  });

  it('lets Ctrl-C end the wait for an answer, and keeps what was typed meanwhile', async () => {
    const client = await open(...unanswered);
    client.type(`GET a${enter}`);
    await client.until('GET a');
    client.resize(60, 5);
    await client.until(prompt);
    client.type('SE');
    await client.until('SE');
    client.type(ctrlC);
    await client.until(`${clearLine}NotExecutedError: Stopped waiting before the operation was sent.`);
    // The cursor is behind the two letters.
    await client.until(`${prompt}SE\x1b[11G`);
    client.type(`T${enter}`);
    await client.until('Write SET key value');
    await client.until(prompt);
    client.type(ctrlC);
    expect(await client.end()).toBe(0);
  });
});

describe('the client in a terminal', () => {
  it('ends a wait with Ctrl-C, empties a line with it, and then leaves', async () => {
    const client = await open(...unanswered);
    client.type(`GET a${enter}`);
    await client.until('GET a');
    client.type(ctrlC);
    await client.until('NotExecutedError: Stopped waiting before the operation was sent.');
    await client.until(prompt);
    client.type('SET a');
    await client.until('SET a');
    client.type(`${ctrlC}help${enter}`);
    await client.until('KEYS [prefix [after]]');
    await client.until(prompt);
    client.type(ctrlC);
    expect(await client.end()).toBe(0);
  });

  it('leaves with Ctrl-D while it waits', async () => {
    const client = await open(...unanswered);
    client.type(`GET a${enter}`);
    await client.until('GET a');
    client.type(ctrlD);
    expect(await client.end()).toBe(0);
  });
});

describe('a watch in a terminal', () => {
  let group: ServedGroup | undefined;

  afterEach(() => group?.end());

  it('shows changes until Ctrl-C, which tells how to go on, and then takes other commands', async () => {
    group = await ServedGroup.start();
    const writer = group.client();
    const client = await open('client', '--members', group.cluster.addresses.map(formatAddress).join());
    client.type(`WAT${tab}`);
    await client.until('WATCH ');
    client.type(`a${enter}`);
    await client.until('Watching "a" after op-number ');

    await writer.request(set('a', ''));
    await client.until('server=> 2 SET "a" ""');
    await writer.request({ type: 'delete', key: 'a' });
    await client.until('server=> 3 DEL "a"');
    client.type(ctrlC);
    await client.until('Stopped. All changes after op-number 0 up to 3 were shown. To go on: WATCH "a" 3');
    await client.until(prompt);
    await writer.request(set('a', 'b c'));
    client.type(`WATCH "a" 3${enter}`);
    await client.until('server=> 4 SET "a" "b c"');
    client.type(ctrlC);
    await client.until(prompt);
    client.type(`WATCH${enter}`);
    await client.until('Write WATCH key [after], where after is an op-number.');
    client.type(`help${enter}`);
    await client.until('WATCH key [after]  ');
    await client.until(prompt);
    client.type(ctrlD);
    expect(await client.end()).toBe(0);
  });
});
