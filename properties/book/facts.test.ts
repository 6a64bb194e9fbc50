import { expect, test } from 'vitest';
import { readers } from '../../models/book/messages.ts';
import { type Status, statusChanges } from '../../models/book/statuses.ts';
import { exploreProtocol } from '../../models/protocol/exploreProtocol.ts';
import { Numbering, SentMessages } from '../../models/protocol/sentMessages.ts';
import { realImplementation } from '../../models/world/implementation.ts';
import { serviceNamed } from '../../models/world/services.ts';
import {
  type ActionName,
  beginning,
  broken,
  groupOf,
  Log,
  type Message,
  type Protocol,
  protocol,
  type Replica,
  type Sent,
  type State,
  type Step,
} from '../../spec/protocol/index.ts';

/*
 * The state diagram and the message table of the book hold facts that are written by hand. Here the specification is explored, and
 * each step and each question of a rule is noted.
 */

const changes = new Set<string>();
const questions = new Set<string>();

const watched: Protocol = {
  actions: {
    submit: watching('submit', protocol.actions.submit),
    'take-answer': watching('take-answer', protocol.actions['take-answer']),
    order: watching('order', protocol.actions.order),
    accept: watching('accept', protocol.actions.accept),
    execute: watching('execute', protocol.actions.execute),
    'enter-view': watching('enter-view', protocol.actions['enter-view']),
    'start-view': watching('start-view', protocol.actions['start-view']),
    adopt: watching('adopt', protocol.actions.adopt),
    persist: watching('persist', protocol.actions.persist),
    crash: watching('crash', protocol.actions.crash),
    restart: watching('restart', protocol.actions.restart),
    recover: watching('recover', protocol.actions.recover),
    'lose-storage': watching('lose-storage', protocol.actions['lose-storage']),
    'learn-loss': watching('learn-loss', protocol.actions['learn-loss']),
    'note-loss': watching('note-loss', protocol.actions['note-loss']),
    'ask-read': watching('ask-read', protocol.actions['ask-read']),
    'note-read': watching('note-read', protocol.actions['note-read']),
    'begin-round': watching('begin-round', protocol.actions['begin-round']),
  },
  permissions: {
    REPLY: asking('REPLY', protocol.permissions.REPLY),
    PREPARE: asking('PREPARE', protocol.permissions.PREPARE),
    PREPAREOK: asking('PREPAREOK', protocol.permissions.PREPAREOK),
    COMMIT: asking('COMMIT', protocol.permissions.COMMIT),
    STARTVIEWCHANGE: asking('STARTVIEWCHANGE', protocol.permissions.STARTVIEWCHANGE),
    DOVIEWCHANGE: asking('DOVIEWCHANGE', protocol.permissions.DOVIEWCHANGE),
    STARTVIEW: asking('STARTVIEW', protocol.permissions.STARTVIEW),
    NEWSTATE: asking('NEWSTATE', protocol.permissions.NEWSTATE),
    RECOVERY: asking('RECOVERY', protocol.permissions.RECOVERY),
    RECOVERYRESPONSE: asking('RECOVERYRESPONSE', protocol.permissions.RECOVERYRESPONSE),
    CONFIRM: asking('CONFIRM', protocol.permissions.CONFIRM),
    COMMITOK: asking('COMMITOK', protocol.permissions.COMMITOK),
    READREPLY: asking('READREPLY', protocol.permissions.READREPLY),
  },
};

/** Who asks, and the rules of it. */
interface Ruled<Step> {
  readonly rules: readonly {
    readonly name: string;
    readonly sentence: string;
    holds(state: State, step: Step): boolean;
  }[];
}

/** The same rules, which note the types of the messages that they ask about. */
function asking<Step, Owner extends Ruled<Step>>(owner: string, ruled: Owner & Ruled<Step>): Owner {
  const rules = ruled.rules.map((rule) => ({
    ...rule,
    holds: (state: State, step: Step) =>
      rule.holds({ ...state, sent: noting(state.sent, `${owner}/${rule.name}`) }, step),
  }));
  return { ...ruled, rules };
}

function noting(sent: Sent, rule: string): Sent {
  const note = (type: Message['type']) => questions.add(`${rule} ${type}`);
  return {
    has(message) {
      note(message.type);
      return sent.has(message);
    },
    with: (message) => sent.with(message),
    acknowledged(viewNumber, replica) {
      note('PREPAREOK');
      return sent.acknowledged(viewNumber, replica);
    },
    confirmed(viewNumber, replica) {
      note('COMMITOK');
      return sent.confirmed(viewNumber, replica);
    },
  };
}

/** The same action, which notes how it changes the statuses of replicas. */
function watching<Step, Watched extends Ruled<Step> & { next(state: State, step: Step): State }>(
  name: ActionName,
  action: Watched & Ruled<Step> & { next(state: State, step: Step): State },
): Watched {
  return {
    ...asking<Step, Watched>(name, action),
    next(state: State, step: Step) {
      const after = action.next(state, step);
      for (const [number, before] of state.replicas.entries()) {
        const now = after.replicas[number];
        if (now === undefined || statusOf(before) === statusOf(now)) continue;
        changes.add(`${statusOf(before)} → ${statusOf(now)}: ${name}`);
      }
      return after;
    },
  };
}

function statusOf({ status, viewNumber, lastNormalView }: Replica): Status {
  if (status !== 'up') return status;
  return viewNumber === lastNormalView ? 'normal' : 'view-change';
}

for (const [mode, requests, timeouts, crashes, losses] of [
  ['durable', 1, 1, 1, 0],
  ['diskless', 1, 1, 1, 0],
  ['durable', 0, 0, 2, 0],
  ['durable', 0, 1, 0, 2],
] as const)
  exploreProtocol({
    group: groupOf(3, mode),
    service: serviceNamed(realImplementation, undefined),
    clients: 1,
    bounds: { requests, timeouts, crashes, losses },
    rules: watched,
    most: 1500,
  });

exploreProtocol({
  group: groupOf(3, 'durable', undefined, true),
  service: serviceNamed(realImplementation, undefined),
  clients: 1,
  bounds: { requests: 1, timeouts: 1, crashes: 0, reads: 1 },
  rules: watched,
  most: 500,
});

test('the state diagram has the changes of status that an exploration finds, and no others', () => {
  const drawn = statusChanges.map(({ from, to, action }) => `${from} → ${to}: ${action}`);
  expect([...changes].toSorted()).toEqual(drawn.toSorted());
});

// Of messages that say the same, an exploration tries one type only. These are the others.
const empty = Log.empty();
const entry = {
  clientId: 'ann',
  session: 0,
  requestNumber: 1,
  operation: 0,
  predicted: { time: 1, random: 0 },
};
const log = empty.with(entry);
const nothingSent = new SentMessages(new Numbering());
const first = beginning(groupOf(3, 'durable'), nothingSent, [], empty);
/** All replicas are normal in view 1. */
const inView1 = (held: Log): State => ({
  ...first,
  replicas: first.replicas.map((replica) => ({ ...replica, viewNumber: 1, lastNormalView: 1, log: held })),
});
const told = { viewNumber: 1, log, commitNumber: 1 };
const newState = { type: 'NEWSTATE', ...told } as const;
const vote = { type: 'DOVIEWCHANGE', ...told, lastNormalView: 0, replica: 2, generations: [] } as const;
const executing = (message: Message) => ({
  state: inView1(log),
  step: { action: 'execute', replica: 0, evidence: [message] } as const,
  message,
  rule: 'entry-is-committed',
});
const asked: readonly { state: State; step: Step; message: Message; rule: string }[] = [
  {
    state: inView1(empty),
    step: { action: 'accept', replica: 0, message: newState, opNumber: 1 },
    message: newState,
    rule: 'entries-were-sent',
  },
  {
    state: first,
    step: { action: 'adopt', replica: 0, message: newState },
    message: newState,
    rule: 'view-has-started',
  },
  ...[
    newState,
    vote,
    { type: 'COMMIT', viewNumber: 1, commitNumber: 1 } as const,
    { type: 'PREPARE', ...told } as const,
    { type: 'STARTVIEW', ...told } as const,
  ].map(executing),
];

test.each(asked)('$step.action relies on $message.type', ({ state, step, message, rule }) => {
  expect(broken(protocol, state, step)?.rule).toBe(rule);
  expect(broken(protocol, { ...state, sent: state.sent.with(message) }, step)).toBeUndefined();
});

test('the message table names the rules that ask about each message, and no others', () => {
  const named = Object.entries(readers).flatMap(([type, rules]) => rules.map((rule) => `${rule} ${type}`));
  const others = asked.map(({ step, rule, message }) => `${step.action}/${rule} ${message.type}`);
  expect([...new Set([...questions, ...others])].toSorted()).toEqual(named.toSorted());
});
