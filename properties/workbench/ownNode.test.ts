import { describe, expect, it } from 'vitest';
import { refusalIn } from '../../models/workbench/ownNode.ts';

describe('what our own nodes write to standard error', () => {
  it.each([
    ['refused: the log lacks entries that were executed', 'the log lacks entries that were executed'],
    ['{"level":40,"replica":1,"msg":"refused: entry 7 was never prepared"}', 'entry 7 was never prepared'],
    // Strangers, and what is unreadable, are refused by the transport, which is no fault of any replica.
    ['{"level":40,"replica":1,"from":"127.0.0.1","reason":"no frame","msg":"refused"}', undefined],
    ['alarm: too many recover', undefined],
    ['the bench was refused: it is dirty', undefined],
  ])('tells a message that cannot be from all else: %s', (line, refusal) => {
    expect(refusalIn(line)).toBe(refusal);
  });
});
