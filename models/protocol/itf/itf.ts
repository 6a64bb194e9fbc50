import type { Group, Log, Message, NotedRead, Replica, State, Stored } from '../../../spec/protocol/index.ts';
import { allIn, type RunState } from '../naive/texts.ts';
import { stepText } from '../stepText.ts';
import { type ItfValue, int, type Kind, mapOf, optionOf, recordOf, seqOf, setOf, str } from './kinds.ts';
import type { ProtocolRun } from './replayed.ts';

type Entry = NonNullable<Log['last']>;

const operation: Kind<Entry['operation']> = {
  type: 'Str',
  write: (value) => (typeof value === 'string' ? value : JSON.stringify(value)),
};

const entry = recordOf<Omit<Entry, 'predicted'> & Entry['predicted']>({
  clientId: str,
  session: int,
  requestNumber: int,
  operation,
  time: int,
  random: int,
});

const entries = seqOf(entry);
const log: Kind<Log> = { type: entries.type, write: (value) => entries.write(entriesOf(value)) };

function entriesOf({ last, before }: Log): readonly (Omit<Entry, 'predicted'> & Entry['predicted'])[] {
  if (last === undefined || before === undefined) return [];
  const { predicted, ...rest } = last;
  return [...entriesOf(before), { ...rest, ...predicted }];
}

const view = { viewNumber: int, lastNormalView: int };
const generations = seqOf(int);
const stored = recordOf<Stored>({ ...view, log: optionOf(log), generations: optionOf(generations) });
type Fields<Type extends Message['type']> = Omit<Extract<Message, { readonly type: Type }>, 'type'>;

const read = recordOf<Fields<'READ'>>({ clientId: str, readNumber: int, operation });
const noted = recordOf<NotedRead>({ read, viewNumber: int, commitNumber: int, rounds: int });
const replica = recordOf<Replica>({
  status: str,
  ...view,
  log,
  commitNumber: int,
  incarnation: int,
  generations,
  disk: stored,
  writes: seqOf(stored),
  rounds: int,
  reads: seqOf(noted),
});
const client = recordOf<Omit<State['clients'][number], 'clientId'>>({
  requestNumber: int,
  answered: int,
  readNumber: int,
  readAnswered: int,
});

const recovery = { replica: int, nonce: int, viewNumber: int, generation: int };
const logTold = { viewNumber: int, log, commitNumber: int };

const messageKinds: { readonly [Type in Message['type']]: Kind<Fields<Type>> } = {
  REQUEST: recordOf<Fields<'REQUEST'>>({ clientId: str, session: int, requestNumber: int, operation }),
  REPLY: recordOf<Fields<'REPLY'>>({ clientId: str, requestNumber: int, log }),
  PREPARE: recordOf<Fields<'PREPARE'>>(logTold),
  PREPAREOK: recordOf<Fields<'PREPAREOK'>>({ viewNumber: int, opNumber: int, replica: int }),
  COMMIT: recordOf<Fields<'COMMIT'>>({ viewNumber: int, commitNumber: int }),
  STARTVIEWCHANGE: recordOf<Fields<'STARTVIEWCHANGE'>>({ viewNumber: int, replica: int }),
  DOVIEWCHANGE: recordOf<Fields<'DOVIEWCHANGE'>>({
    ...logTold,
    lastNormalView: int,
    replica: int,
    generations,
  }),
  STARTVIEW: recordOf<Fields<'STARTVIEW'>>(logTold),
  NEWSTATE: recordOf<Fields<'NEWSTATE'>>(logTold),
  RECOVERY: recordOf<Fields<'RECOVERY'>>(recovery),
  RECOVERYRESPONSE: recordOf<Fields<'RECOVERYRESPONSE'>>({
    viewNumber: int,
    asked: recordOf<Fields<'RECOVERY'>>(recovery),
    log: optionOf(log),
    replica: int,
    generations,
  }),
  READ: read,
  CONFIRM: recordOf<Fields<'CONFIRM'>>({ viewNumber: int, round: int }),
  COMMITOK: recordOf<Fields<'COMMITOK'>>({ viewNumber: int, round: int, replica: int }),
  READREPLY: recordOf<Fields<'READREPLY'>>({ read, log }),
};

const message: Kind<Message> = {
  type: Object.entries(messageKinds)
    .map(([tag, { type }]) => `${tag}(${type})`)
    .join(' | '),
  write: variant,
};

function variant<Type extends Message['type']>(
  told: { [T in Type]: { readonly type: T } & Fields<T> }[Type],
): ItfValue {
  const kind: Kind<Fields<Type>> = messageKinds[told.type];
  return { tag: told.type, value: kind.write(told) };
}

/** The variables of the specification, each with its type and how it is read from a state. */
const variables = {
  replicas: variable(mapOf(int, replica), ({ state }) => [...state.replicas.entries()]),
  clients: variable(mapOf(str, client), ({ state }) =>
    state.clients.map((one) => [one.clientId, one] as const),
  ),
  sent: variable(setOf(message), ({ state }) => allIn(state.sent).messages),
  started: variable(mapOf(int, log), ({ state }) =>
    state.started.flatMap((first, viewNumber) => (first === undefined ? [] : [[viewNumber, first] as const])),
  ),
};

/** A variable, and how it is read from a state. */
interface Variable {
  readonly type: string;
  read(runState: RunState): ItfValue;
}

function variable<Value>({ type, write }: Kind<Value>, of: (runState: RunState) => Value): Variable {
  return { type, read: (runState) => write(of(runState)) };
}

/**
 * A run of the specification in the Informal Trace Format of Apalache (ADR-015), which Apalache, Quint and trace viewers read.
 * The variable `step` tells the step that led to the state.
 */
export function itfText({ first, steps }: ProtocolRun, group: Group, description: string): string {
  const names = Object.entries(variables);
  const states = [
    { step: 'the beginning', at: first },
    ...steps.map(({ step, after }) => ({ step: stepText(step), at: after })),
  ];
  const { sessions, ...known } = group;
  const meta = {
    format: 'ITF',
    'format-description': 'https://apalache-mc.org/docs/adr/015adr-trace.html',
    description,
    source: 'spec/protocol/',
    group: known,
    varTypes: { step: 'Str', ...Object.fromEntries(names.map(([name, { type }]) => [name, type])) },
  };
  const lines = states.map(({ step, at }, index) =>
    JSON.stringify({
      '#meta': { index },
      step,
      ...Object.fromEntries(names.map(([name, { read }]) => [name, read(at)])),
    }),
  );
  const head = `"#meta": ${JSON.stringify(meta)},\n"vars": ${JSON.stringify(['step', ...names.map(([name]) => name)])}`;
  return `{\n${head},\n"states": [\n${lines.join(',\n')}\n]\n}\n`;
}
