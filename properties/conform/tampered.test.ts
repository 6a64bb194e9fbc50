import { describe, expect, it } from 'vitest';
import { restarts } from './altered.ts';
import { tamperings } from './tamperings.ts';
import { inFolder, judged, toyTraces, written } from './traces.ts';

describe('a trace that was tampered with is refused:', () => {
  it.each(tamperings)('$name', ({ rule, about, alter }) => {
    const { illegal } = inFolder((folder) => judged(written(folder, alter(toyTraces))));
    expect({ rule: illegal?.problem.rule, about: illegal?.problem.about }).toEqual({ rule, about });
  });
});

describe('the traces of toy replicas that share no code with the project', () => {
  it('are legal, with a crash and a change of the view', () => {
    const { illegal, notes, lines, taken } = inFolder((folder) => judged(written(folder, toyTraces)));
    expect(illegal).toBeUndefined();
    expect(notes).toEqual([]);
    expect(lines).toBe(toyTraces.flat().length);
    const names = ['order', 'accept', 'execute', 'crash', 'restart', 'enter-view', 'start-view', 'adopt'];
    expect(names.filter((name) => (taken.get(name) ?? 0) === 0)).toEqual([]);
  });

  it('are legal where a replica enters a view and starts it in one step, with what it stores', () => {
    const [first, second, third] = toyTraces.map(([start]) => start);
    const log = { opNumber: 0, checksum: '' };
    const vote = { type: 'DOVIEWCHANGE', viewNumber: 1, lastNormalView: 0, log, commitNumber: 0 };
    const moved = { viewNumber: 1, stored: { viewNumber: 1, lastNormalView: 0, log } };
    const started = {
      step: 1,
      event: { type: 'message', from: 2, message: vote },
      ...{ viewNumber: 1, lastNormalView: 1, stored: { viewNumber: 1, lastNormalView: 1, log } },
      sent: [{ to: [0, 2], message: { type: 'STARTVIEW', viewNumber: 1, log, commitNumber: 0 } }],
    };
    const voted = { step: 1, event: { type: 'timer' }, ...moved, sent: [{ to: [1], message: vote }] };
    const traces = [[first], [second, started], [third, voted]];
    expect(inFolder((folder) => judged(written(folder, traces))).illegal).toBeUndefined();
  });

  it('are legal without the end of any of them, and what is not judged is said', () => {
    for (const [number, lines] of toyTraces.entries())
      for (let length = 1; length < lines.length; length++) {
        const traces = toyTraces.with(number, lines.slice(0, length));
        const { illegal } = inFolder((folder) => judged(written(folder, traces), false));
        expect(illegal).toBeUndefined();
      }
    const { notes } = inFolder((folder) =>
      judged(written(folder, toyTraces.with(1, toyTraces[1]?.slice(0, 3) ?? [])), false),
    );
    expect(notes.join()).toMatch(/The trace of r1 ends before \d+ of its messages/);
  });

  it('are refused without the end of one of them, if they are said to be whole', () => {
    const traces = toyTraces.with(1, toyTraces[1]?.slice(0, 3) ?? []);
    expect(inFolder((folder) => judged(written(folder, traces))).illegal?.problem.about).toBe('PREPAREOK');
  });
});

describe('a vote that leaves after its sender has moved on', () => {
  const [r0 = [], r1 = [], r2 = []] = toyTraces;
  const step = (r1.at(-1)?.step ?? 0) + 1;
  const stored = r1.findLast((line) => line.stored !== undefined)?.stored ?? null;
  const log = stored?.log ?? null;
  const moved = [
    { step, event: { type: 'timer' }, viewNumber: 3 },
    { step: step + 1, event: { type: 'timer' }, viewNumber: 4 },
    { step: step + 2, event: { type: 'durable' }, stored: { ...stored, viewNumber: 4 } },
  ];
  const voteWith = (change: object) => {
    const message = {
      type: 'DOVIEWCHANGE',
      viewNumber: 3,
      lastNormalView: 1,
      log,
      commitNumber: 4,
      ...change,
    };
    return { step: step + 3, event: { type: 'durable' }, sent: [{ to: [0], message }] };
  };
  const outcomeOf = (change: object) =>
    inFolder((folder) => judged(written(folder, [r0, [...r1, ...moved, voteWith(change)], r2])));

  it('is counted, if it was true', () => {
    const { illegal, notes } = outcomeOf({});
    expect(illegal).toBeUndefined();
    expect(notes.join()).toContain('1 messages of r1 had waited for a write');
  });

  it.each([
    ['another log', { log: { opNumber: 0, checksum: '' }, commitNumber: 0 }],
    ['another view', { viewNumber: 2 }],
    ['another last normal view', { lastNormalView: 2 }],
    ['more executed entries', { commitNumber: 5 }],
  ])('is refused with %s', (_, change) => {
    expect(outcomeOf(change).illegal?.problem.about).toBe('DOVIEWCHANGE');
  });
});

describe('what conform does not judge', () => {
  it('is a replica that comes back without its storage, which it names', () => {
    const [r0 = [], r1 = [], r2 = []] = toyTraces;
    const index = r2.findIndex(restarts);
    const [start, ...rest] = r2.slice(index);
    if (start === undefined) throw new Error('It does not restart.');
    const log = { after: { opNumber: 0, checksum: '' }, entries: [] };
    const lost = { ...start, status: 'outside', stored: null, log };
    const traces = [
      r0,
      r1,
      [...r2.slice(0, index), lost, ...rest.map((line) => ({ ...line, status: 'up' }))],
    ];
    const { illegal, notes } = inFolder((folder) => judged(written(folder, traces)));
    expect(illegal).toBeUndefined();
    expect(notes.join()).toContain(`r2 took part without the storage that it had, or had lost: from`);
    expect(notes.join()).toContain(`r2.jsonl:${index + 1} on`);
  });

  it('is a replica without a trace, whose messages are counted', () => {
    const [r0 = [], r1 = []] = toyTraces;
    const { illegal, notes } = inFolder((folder) => judged(written(folder, [r0, r1]), false));
    expect(illegal).toBeUndefined();
    expect(notes.join()).toContain('There is no trace of r2.');
    expect(notes.join()).toMatch(/The trace of r2 ends before \d+ of its messages/);
  });
});
