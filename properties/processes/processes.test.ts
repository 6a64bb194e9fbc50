import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LineNodes } from '../../models/processes/lines/lineNodes.ts';
import { LineAssembler } from '../../models/processes/nodes/lineAssembler.ts';
import { maxLineLength, type NodeMessage } from '../../models/processes/nodes/nodeMessage.ts';
import { root } from '../root.ts';
import { until } from './simulatedTest.ts';

let folder = '';
let nodes: LineNodes | undefined;
let messages: NodeMessage[] = [];
let failures: Error[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'viewstamped-'));
  messages = [];
  failures = [];
});
afterEach(async () => {
  await nodes?.end();
  rmSync(folder, { recursive: true });
});

function processesOf(initTimeout: number, program: string, ...args: readonly string[]): LineNodes {
  const programOf = (name: string) => ({
    ...{ command: process.execPath, args: [join(root, 'properties/processes/nodes', program), ...args] },
    ...{ data: join(folder, name), log: join(folder, `${name}.log`) },
  });
  const listener = {
    message: (_: number, message: NodeMessage) => messages.push(message),
    failure: (failure: Error) => failures.push(failure),
  };
  nodes = new LineNodes(1, programOf, listener, () => {}, initTimeout);
  return nodes;
}

/** Sends a read to the only node. Resolves with the body of the answer. */
async function answered(running: LineNodes, id: number): Promise<unknown> {
  running.deliver(0, JSON.stringify({ src: 'c1', dest: 'n0', body: { type: 'read', key: 0, msg_id: id } }));
  const isIt = ({ body }: NodeMessage): boolean => JSON.stringify(body).includes(`"in_reply_to":${id}`);
  await until(() => messages.some(isIt));
  return messages.find(isIt)?.body;
}

describe('a node as a process', () => {
  it('answers, is killed, restarts with its data, and answers again', async () => {
    const running = processesOf(60_000, 'store.mjs', '{data}');
    await running.start();
    const write = { src: 'c1', dest: 'n0', body: { type: 'write', key: 0, value: 7, msg_id: 1 } };
    running.deliver(0, JSON.stringify(write));
    expect(await answered(running, 2)).toMatchObject({ value: 7 });
    const pid = readFileSync(join(folder, 'n0', 'pid'), 'utf8');
    await running.kill(0);
    expect(() => process.kill(Number(pid), 0)).toThrow('ESRCH');
    expect([running.isReady(0), running.deliver(0, '{}')]).toEqual([false, false]);
    await running.restart(0);
    expect(running.isReady(0)).toBe(false);
    await until(() => running.isReady(0));
    expect(await answered(running, 3)).toMatchObject({ value: 7 });
    expect(readFileSync(join(folder, 'n0', 'pid'), 'utf8')).not.toBe(pid);
    expect(failures).toEqual([]);
  });

  it('answers nothing while it is paused, and answers when it resumes', async () => {
    const running = processesOf(60_000, 'store.mjs', '{data}');
    await running.start();
    await running.pause(0);
    const answer = answered(running, 1);
    await setTimeout(300);
    expect([messages, running.isReady(0)]).toEqual([[], true]);
    await running.resume(0);
    expect(await answer).toMatchObject({ type: 'error', code: 20 });
  });

  it.each(['mute', 'elsewhere'])(
    'fails if it never answers its own init, like the node %s',
    async (mistake) => {
      void processesOf(3000, 'bad.mjs', mistake).start();
      await until(() => failures.length > 0);
      expect(failures.map(({ message }) => message.split('\n')[0])).toEqual([
        'n0 did not answer init within 3 seconds.',
      ]);
    },
  );
});

describe('the assembly of lines', () => {
  it.each([
    [['a\nb\n'], ['a', 'b']],
    [['a', 'b', 'c\n'], ['abc']],
    [['a\n', 'b'], ['a']],
    [
      ['', '\n', '\n\n'],
      ['', '', ''],
    ],
    [
      ['a\nb', 'c\nd\ne', '\nf'],
      ['a', 'bc', 'd', 'e'],
    ],
  ])('joins the pieces %j', (pieces, lines) => {
    const taker = new LineAssembler('n0');
    expect(pieces.flatMap((piece) => taker.take(piece))).toEqual(lines);
  });

  it('accepts a line of the maximal length, and none longer', () => {
    const longest = 'x'.repeat(maxLineLength);
    expect(new LineAssembler('n0').take(`${longest}\n`)).toEqual([longest]);
    const taker = new LineAssembler('n0');
    taker.take(longest);
    expect(() => taker.take('x')).toThrow('n0 printed a line of more than 16777216 characters');
  });
});
