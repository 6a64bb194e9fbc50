import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { mutantNamed } from '../../models/mutants/catalogue/index.ts';
import { ownNode, rejectionIn } from '../../models/processes/ownNode.ts';

describe('what our own nodes write to standard error', () => {
  it.each([
    ['rejected: the log lacks entries that were executed', 'the log lacks entries that were executed'],
    ['{"level":40,"replica":1,"msg":"rejected: entry 7 was never prepared"}', 'entry 7 was never prepared'],
    // Strangers, and what is unreadable, are rejected by the transport, which is no fault of any replica.
    ['{"level":40,"replica":1,"from":"127.0.0.1","reason":"no frame","msg":"rejected"}', undefined],
    ['alarm: too many recover', undefined],
    ['the bench was rejected: it is dirty', undefined],
  ])('tells a message that cannot be from all else: %s', (line, refusal) => {
    expect(rejectionIn(line)).toBe(refusal);
  });
});

describe('our own node', () => {
  const bug = mutantNamed('ack-before-durable');

  it('is the program that people run, where nothing is different', async () => {
    const { command, args } = await ownNode('server', { ruleChange: undefined, diskLatency: 0 });
    expect([command, ...args].join(' ')).toMatch(/viewstamped\.mjs server$/);
  });

  it.each([
    ['no bug', undefined, 7],
    ['a bug', bug, 7],
    ['a bug', bug, 0],
  ] as const)('has %s, and waits before it writes, as it is told', async (_, ruleChange, diskLatency) => {
    const texts = await Promise.all(
      (['maelstrom', 'server'] as const).map(async (kind) => {
        const { args } = await ownNode(kind, { ruleChange, diskLatency });
        return readFileSync(args.at(-1) ?? '', 'utf8');
      }),
    );
    for (const text of texts) {
      // What bundles it may number names.
      expect(/setTimeout\(resolve\d*, 7\)/.test(text)).toBe(diskLatency > 0);
      expect(text.includes('opNumber: log.length, replicaNumber }')).toBe(ruleChange === undefined);
    }
  });
});
