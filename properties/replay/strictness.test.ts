import { describe, expect, it } from 'vitest';
import { mutantNamed } from '../../models/mutants/catalogue/index.ts';
import { loadImplementation } from '../../models/mutants/load.ts';
import type { Counterexample } from '../../models/trace/counterexample.ts';
import { replay } from '../../models/trace/replay.ts';
import type { EventRecord } from '../../models/world/event.ts';
import { realImplementation } from '../../models/world/implementation.ts';
import { counterexampleOf, shortQuorum, trace } from './exampleTrace.ts';

const short = await loadImplementation(mutantNamed('commit-quorum-short'));

function withViolation(
  counterexample: Counterexample,
  changed: Partial<Counterexample['violation']>,
): Counterexample {
  return { ...counterexample, violation: { ...counterexample.violation, ...changed } };
}

describe('a replay', () => {
  it('reproduces the recorded violation', () => {
    expect(replay(short, shortQuorum).outcome).toMatchObject({
      kind: 'reproduced',
      event: 2,
      violation: { property: 'never-lost' },
    });
  });

  it('fails if no property breaks', () => {
    expect(replay(realImplementation, shortQuorum).outcome).toEqual({ kind: 'no-violation' });
  });

  it('fails if the violation moved to another step', () => {
    const later = withViolation(counterexampleOf(trace.slice(0, 3)), { event: 3 });
    expect(replay(short, later).outcome).toMatchObject({ kind: 'moved', event: 2 });
  });

  it('is judged by the recorded property, and names another that broke', () => {
    const other = withViolation(shortQuorum, { property: 'one-order' });
    expect(replay(short, other).outcome).toMatchObject({
      kind: 'other-violation',
      event: 2,
      violation: { property: 'follows-protocol' },
    });
  });

  const strangers: readonly (readonly [EventRecord, string])[] = [
    [{ type: 'deliver', message: 'PREPARE v0 n1 r0→r1', rank: 1 }, 'no such packet is on its way'],
    [{ type: 'deliver', message: 'PREPARE v0 n2 r0→r1', rank: 0 }, 'no such packet is on its way'],
    [{ type: 'drop', message: 'nonsense', rank: 0 }, 'no such packet is on its way'],
    [{ type: 'request', client: 0 }, 'that client may have no more requests outstanding'],
    [{ type: 'retry', client: 1 }, 'that client waits for no answer'],
    [{ type: 'restart', replica: 1 }, 'that machine is not down'],
    [{ type: 'crash', replica: 1, survivors: 1 }, 'fewer records than that are pending'],
    [{ type: 'sync', replica: 1 }, 'no write is pending'],
    [{ type: 'sync', replica: 1, writes: 1 }, 'no write is pending'],
    [{ type: 'timer', replica: 1, timer: 'heartbeat' }, 'that timer is not armed'],
    [{ type: 'heal' }, 'nothing is cut'],
  ];

  it.each(strangers)('stops where %j cannot happen', (stranger, reason) => {
    const { outcome, happened } = replay(
      realImplementation,
      counterexampleOf([...trace.slice(0, 2), stranger]),
    );
    expect(outcome).toMatchObject({ kind: 'diverged', event: 3 });
    expect(outcome).toHaveProperty('reason', expect.stringContaining(reason));
    expect(happened).toBe(2);
  });

  it('lets the group settle after the last event if the violation was recorded there', () => {
    const settling = withViolation(counterexampleOf(trace), {
      property: 'one-normal-view',
      phase: 'settling',
    });
    const violation = { property: 'one-normal-view', level: 'state', seen: 'x' } as const;
    expect(replay(realImplementation, settling, () => violation).outcome).toMatchObject({
      kind: 'reproduced',
      event: trace.length,
      phase: 'settling',
    });
    expect(replay(realImplementation, settling, () => undefined).outcome).toEqual({ kind: 'no-violation' });
    expect(() => replay(realImplementation, settling)).toThrow('must settle');
  });

  it('does not let the group settle if the violation was recorded before', () => {
    const refuse = (): never => {
      throw new Error('It settled.');
    };
    expect(replay(realImplementation, counterexampleOf(trace), refuse).outcome.kind).toBe('no-violation');
  });
});
