import { describe, expect, it } from 'vitest';
import { mutantNamed } from '../../models/mutants/catalogue/index.ts';
import { loadImplementation } from '../../models/mutants/load.ts';
import { type Replayed, replay } from '../../models/trace/replay.ts';
import { jsonOf } from '../../models/trace/views/json.ts';
import { mermaidOf } from '../../models/trace/views/mermaid.ts';
import { rowsOf } from '../../models/trace/views/rows.ts';
import { moveFrom, Stepper } from '../../models/trace/views/stepper.ts';
import { realImplementation } from '../../models/world/implementation.ts';
import { counterexampleOf, shortQuorum, trace } from './exampleTrace.ts';

const told = replay(realImplementation, counterexampleOf(trace));
const short = await loadImplementation(mutantNamed('commit-quorum-short'));
const broken = replay(short, shortQuorum);

describe('a trace', () => {
  it('is printed in rows', () => {
    expect(`\n${rowsOf(told).join('\n')}\n`).toBe(`
3 replicas (f = 1, quorum 2), diskless, 2 clients; no mutant; 9 steps.
Each replica starts normal in view 0 with an empty log: v0 normal n0 k0. r0 is its primary. The rows show changes only.

     event                             r0                   r1                  r2                   clients
1    request c0                                                                                      c0.1 asked
2    deliver REQUEST c0/0 s1 c0→r0     +c0.1 at 1
3    deliver PREPARE v0 n1 r0→r1                            +c0.1 at 1
4    deliver PREPAREOK v0 n1 r1→r0     executed 1 c0.1,
                                       r1 holds 1
5    deliver REPLY v0 s1 r0→c0                                                                       c0.1 answered:
                                                                                                     position 1, digest
                                                                                                     3938610557
6    crash r0                          down
7    deliver PREPARE v0 n1 r0→r2                                                +c0.1 at 1
8    timer suspect r1                                       v1 view-change,
                                                            wrote 2
9    sync r1                                                durable v1 n0 k0
10   deliver STARTVIEWCHANGE v1 r1→r2                                           v1 view-change,
                                                                                called by r1,
                                                                                wrote 2
11   restart r0                        up, v0 recovering

Not reproduced: all events happened, and never-lost holds. It may be fixed.
`);
  });

  it('is printed in fewer columns on a narrow terminal', () => {
    const narrow = rowsOf(told, { width: 60 });
    expect(narrow.every((line) => [...line].length <= 60)).toBe(true);
    expect(narrow.join('\n')).toContain('r0: executed 1 c0.1, r1 holds 1');
  });

  it('is printed in rows that end with the broken property', () => {
    expect(`\n${rowsOf(broken, { width: 100 }).join('\n')}\n`).toBe(`
3 replicas (f = 1, quorum 2), diskless, 2 clients; the mutant commit-quorum-short; 2 steps.
Each replica starts normal in view 0 with an empty log: v0 normal n0 k0. r0 is its primary. The rows
show changes only.

    event                          r0                           r1  r2  clients
1   request c0                                                          c0.1 asked
2!  deliver REQUEST c0/0 s1 c0→r0  +c0.1 at 1, executed 1 c0.1

BROKEN at event 2: never-lost (guarantee)
  Every request that a copy has executed, and so every answer that a client has accepted, survives
  the loss of as many copies as the service tolerates: at every moment, whichever copies they are.
  Seen: Of 1 executed requests only 0 would survive: request 1 of client c0/0 could be lost.

Reproduced: never-lost is broken at event 2, as recorded.
`);
  });

  it('is drawn by Mermaid', () => {
    expect(`\n${mermaidOf(told).join('\n')}\n`).toBe(`
sequenceDiagram
  %% 3 replicas, diskless, 2 clients, no mutant
  participant c0
  participant c1
  participant r0
  participant r1
  participant r2
  Note over c0: 1 request, c0.1 asked
  c0->>r0: 2 REQUEST c0/0 s1
  r0->>r1: 3 PREPARE v0 n1
  r1->>r0: 4 PREPAREOK v0 n1
  Note over r0: executed 1 c0.1
  r0->>c0: 5 REPLY v0 s1
  Note over c0: c0.1 answered#58; position 1, digest 3938610557
  Note over r0: 6 crash r0, down
  r0->>r2: 7 PREPARE v0 n1, sent before r0 crashed
  Note over r1: 8 timer suspect r1, v1 view-change
  Note over r1: 9 sync r1
  r1->>r2: 10 STARTVIEWCHANGE v1
  Note over r2: v1 view-change
  Note over r0: 11 restart r0, up, v0 recovering
  Note over c0,r2: Not reproduced#58; all events happened, and never-lost holds. It may be fixed.
`);
  });

  it('escapes every text that Mermaid could read as syntax', () => {
    const seen = 'a; b # c: <i> %%{init} "d" \\ & end\nparticipant x';
    const violation = { property: 'never-lost', level: 'guarantee', seen } as const;
    const odd: Replayed = {
      ...broken,
      outcome: { kind: 'reproduced', event: 2, phase: 'events', violation },
    };
    expect(mermaidOf(odd).at(-1)).toBe(
      '  Note over c0,r2: never-lost is broken at event 2<br/>a#59; b #35; c#58; #60;i#62; #37;#37;#123;init#125; #34;d#34; #92; #38; end#10;participant x',
    );
  });

  it('is printed as JSON', () => {
    expect(JSON.parse(jsonOf(broken).join('\n'))).toMatchObject({
      mutant: 'commit-quorum-short',
      reproduced: true,
      outcome: { event: 2, violation: { property: 'never-lost' } },
      events: [
        { number: 1, text: 'request c0', changes: { c0: ['c0.1 asked'] }, sent: ['REQUEST c0/0 s1 c0→r0'] },
        {
          number: 2,
          changes: { r0: ['+c0.1 at 1', 'executed 1 c0.1'] },
          sent: ['PREPARE v0 n1 r0→r1', 'PREPARE v0 n1 r0→r2', 'REPLY v0 s1 r0→c0'],
        },
      ],
    });
  });

  it('is printed in the same bytes each time', () => {
    const again = replay(short, shortQuorum);
    for (const render of [rowsOf, mermaidOf, jsonOf]) expect(render(again)).toEqual(render(broken));
  });

  it('has the same text with colours, which it has only if asked', () => {
    const coloured = rowsOf(broken, { colours: true }).join('\n');
    const plain = rowsOf(broken).join('\n');
    expect(plain).not.toContain('\u001b');
    expect(coloured).toContain('\u001b[31m');
    expect(coloured.replaceAll(/\p{Cc}\[\d+m/gu, '')).toBe(plain);
  });

  it('names the event at which it diverges', () => {
    const impossible = counterexampleOf([...trace, { type: 'heal' }]);
    const rows = rowsOf(replay(realImplementation, impossible));
    expect(rows).toContain('12?  heal');
    expect(rows.at(-1)).toBe('Diverged at event 12 of 12: "heal" cannot happen: nothing is cut.');
  });

  it('names another property that broke before', () => {
    const early = {
      event: 1,
      phase: 'events',
      violation: { property: 'x', level: 'step', seen: 'y' },
    } as const;
    expect(rowsOf({ ...broken, first: early })).toContain('Already at event 1, x (step) is broken: y');
  });
});

describe('stepping through a trace', () => {
  const stepper = new Stepper(told, { width: 100 });
  const shownAt = (event: number): readonly string[] => {
    stepper.move(event);
    return stepper.show();
  };

  it('shows the changes of a step and the messages under way', () => {
    const shown = shownAt(4);
    expect(shown).toContain('Event 4 of 11: deliver PREPAREOK v0 n1 r1→r0');
    expect(shown).toContain('  * commitNumber       0 → 1');
    expect(shown).toContain('    log                c0.1');
    expect(shown.slice(shown.indexOf('on their way: 2'))).toEqual([
      'on their way: 2',
      '  - PREPAREOK v0 n1 r1→r0',
      '    PREPARE v0 n1 r0→r2 (k0, c0.1)',
      '  + REPLY v0 s1 r0→c0 (position 1, digest 3938610557)',
    ]);
  });

  it('shows a machine that is down', () => {
    expect(shownAt(6)).toContain('  * machine            runs → down');
  });

  it('stays within the trace, and returns to an earlier step unchanged', () => {
    const second = shownAt(2);
    stepper.move('next');
    stepper.move('back');
    expect(stepper.show()).toEqual(second);
    expect(shownAt(999)).toEqual(shownAt(11));
    stepper.move('next');
    expect(stepper.show()).toEqual(shownAt(11));
    stepper.move(0);
    stepper.move('back');
    expect(stepper.show()).toContain('Before the first event.');
  });

  it.each([
    ['', 'next'],
    [' N ', 'next'],
    ['b', 'back'],
    ['quit', 'quit'],
    ['12', 12],
    ['constructor', undefined],
    ['-1', undefined],
  ] as const)('is led by %j', (line, move) => {
    expect(moveFrom(line)).toBe(move);
  });
});
