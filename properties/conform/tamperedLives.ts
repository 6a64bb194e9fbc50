import { isStart, type Line } from '../../models/conform/format/line.ts';
import { receives, replaced, restarts, sends, type Traces } from './altered.ts';

/** A way to alter the traces of a legal run, each of which one kind of check must notice. */
export interface Tampering {
  readonly name: string;
  readonly rule: string;
  readonly about: string;
  readonly alter: (traces: Traces) => Traces;
}

/** Those of when a replica starts, ends, stops for good, and takes part in its group. */
export const lives: readonly Tampering[] = [
  {
    name: 'the incarnation of an earlier start',
    rule: 'follows-protocol',
    about: 'incarnation',
    alter: (traces) => {
      const r2 = traces[2] ?? [];
      const at = r2.findIndex(restarts);
      return traces.with(
        2,
        r2.map((line, index) => (index === at ? { ...line, incarnation: 1 } : line)),
      );
    },
  },
  {
    name: 'storage that a running replica loses',
    rule: 'follows-protocol',
    about: 'stored',
    alter: (traces) =>
      replaced(traces, 1, sends('STARTVIEW'), (line) => (isStart(line) ? line : { ...line, stored: null })),
  },
  {
    name: 'an acknowledgement of a replica that has stopped for good',
    rule: 'follows-protocol',
    about: 'status',
    alter: (traces) => {
      const [start, ...rest] = traces[1] ?? [];
      if (start === undefined) throw new Error('It does not start.');
      const halt: Line = { step: 1, event: { type: 'timer' }, status: 'halted' };
      return traces.with(1, [start, halt, ...rest.map((line) => ({ ...line, step: line.step + 1 }))]);
    },
  },
  {
    name: 'an acknowledgement in the line in which the replica stops for good',
    rule: 'entries-are-held',
    about: 'PREPAREOK',
    alter: (traces) => {
      const [start] = traces[1] ?? [];
      if (start === undefined) throw new Error('It does not start.');
      const message = { type: 'PREPAREOK', viewNumber: 0, opNumber: 7 } as const;
      const halt: Line = {
        step: 1,
        event: { type: 'timer' },
        status: 'halted',
        sent: [{ to: [0], message }],
      };
      return traces.with(1, [start, halt]);
    },
  },
  {
    name: 'a replica that is outside although its storage says that it is a member',
    rule: 'follows-protocol',
    about: 'status',
    alter: (traces) => {
      const [start, ...rest] = traces[1] ?? [];
      if (start === undefined) throw new Error('It does not start.');
      return traces.with(1, [start, ...rest, { ...start, status: 'outside' }]);
    },
  },
  {
    name: 'a member that is outside its group',
    rule: 'follows-protocol',
    about: 'status',
    alter: (traces) => replaced(traces, 1, receives('PREPARE'), (line) => ({ ...line, status: 'outside' })),
  },
  {
    name: 'a member that asks how to join its group',
    rule: 'follows-protocol',
    about: 'JOIN',
    alter: (traces) =>
      replaced(traces, 1, receives('PREPARE'), (line) => ({
        ...line,
        sent: [{ to: [0], message: { type: 'JOIN', nonce: '1' } }],
      })),
  },
  {
    name: 'a message of a replica that is no member',
    rule: 'follows-protocol',
    about: 'STARTVIEWCHANGE',
    alter: (traces) =>
      replaced(
        traces,
        2,
        () => true,
        (line) => ({
          ...line,
          status: 'outside',
          stored: null,
          sent: [{ to: [0], message: { type: 'STARTVIEWCHANGE', viewNumber: 1 } }],
        }),
      ),
  },
  {
    name: 'a step of a process that has ended',
    rule: 'follows-protocol',
    about: 'step',
    alter: (traces) => {
      const r1 = traces[1] ?? [];
      const step = (r1.at(-1)?.step ?? 0) + 1;
      const after: readonly Line[] = [
        { step, event: { type: 'stop' } },
        { step: step + 1, event: { type: 'timer' } },
      ];
      return traces.with(1, [...r1, ...after]);
    },
  },
  {
    name: 'a line that is missing',
    rule: 'follows-protocol',
    about: 'step',
    alter: (traces) => traces.with(1, (traces[1] ?? []).toSpliced(2, 1)),
  },
];
