import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { mutantNamed } from '../../models/mutants/catalogue/index.ts';
import { ownNode, rejectionIn } from '../../models/processes/nodes/ownNode.ts';

describe('a line of standard error of our own node', () => {
  it.each([
    ['rejected: the log lacks entries that were executed', 'the log lacks entries that were executed'],
    ['{"level":40,"replica":1,"msg":"rejected: entry 7 was never prepared"}', 'entry 7 was never prepared'],
    // The transport rejects strangers and unreadable frames, which is no fault of any replica.
    ['{"level":40,"replica":1,"from":"127.0.0.1","reason":"no frame","msg":"rejected"}', undefined],
    ['alarm: too many recover', undefined],
    ['the bench was rejected: it is dirty', undefined],
  ])('is recognised as a rejected message only if a replica reports it: %s', (line, rejection) => {
    expect(rejectionIn(line)).toBe(rejection);
  });
});

describe('our own node', () => {
  const mutant = mutantNamed('ack-before-durable');

  it('is the released program if it has no mutant and no delay', async () => {
    const { command, args } = await ownNode('server', { ruleChange: undefined, diskLatency: 0 });
    expect([command, ...args].join(' ')).toMatch(/viewstamped\.mjs server$/);
  });

  it.each([
    ['no mutant', undefined, 7],
    ['a mutant', mutant, 7],
    ['a mutant', mutant, 0],
  ] as const)('is bundled with %s and the given delay of writes', async (_, ruleChange, diskLatency) => {
    const texts = await Promise.all(
      (['maelstrom', 'server'] as const).map(async (kind) => {
        const { args } = await ownNode(kind, { ruleChange, diskLatency });
        return readFileSync(args.at(-1) ?? '', 'utf8');
      }),
    );
    for (const text of texts) {
      // The bundler may append a number to a name.
      expect(/setTimeout\(resolve\d*, 7\)/.test(text)).toBe(diskLatency > 0);
      const acknowledges = /sendToPrimary\d*\(context\d*, \w+\);\n\}\nfunction startResending/.test(text);
      expect(acknowledges).toBe(ruleChange === undefined);
    }
  });
});
