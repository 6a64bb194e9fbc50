import type { MappingMutant } from './mappingMutant.ts';

/** Mistakes in the search for the actions that explain a step, and in what is compared at all. */
export const inExplaining: readonly MappingMutant[] = [
  {
    name: 'votes have the log that was started',
    file: 'explain.ts',
    find: 'const votes = all.filter((vote) => chosen.length === 0 || chosen.some((best) => !isBetter(vote, best)));',
    replace: 'const votes = all.map((vote) => ({ ...vote, log: target.log }));',
    noticed: { misses: 'primary-keeps-own-log' },
  },
  {
    name: 'votes set aside count',
    file: 'explain.ts',
    find: 'const votes = all.filter((vote) => chosen.length === 0 || chosen.some((best) => !isBetter(vote, best)));',
    replace: 'const votes = all;',
    noticed: {
      argued: 'A vote is set aside if its log cannot be fetched. These runs do not start a view so.',
    },
  },
  {
    name: 'own vote does not count',
    file: 'explain.ts',
    find: 'vote.viewNumber === viewNumber), own];',
    replace: 'vote.viewNumber === viewNumber)];',
    noticed: { alarms: 'lnv-stale-after-startview' },
  },
  {
    name: 'votes of other views count',
    file: 'explain.ts',
    find: 'vote.replica !== number && vote.viewNumber === viewNumber), own]',
    replace: 'vote.replica !== number), own].map((vote) => ({ ...vote, viewNumber }))',
    noticed: { accepts: 'counts votes of the view before' },
  },
  {
    name: 'a checkpoint tells the log that is held',
    file: 'explain.ts',
    find: "if (message.type === 'CHECKPOINT') return identities.contentOf(history).first(message.opNumber);",
    replace: "if (message.type === 'CHECKPOINT') return undefined;",
    noticed: { accepts: 'holds an entry that it was not told' },
  },
  {
    name: 'a message tells the log that is held',
    file: 'explain.ts',
    find: 'const told = toldBy(step, message) ?? log;',
    replace: 'const told = log;',
    noticed: { misses: 'prepare-appends-at-gap' },
  },
  {
    name: 'a message tells the log that is adopted',
    file: 'explain.ts',
    find: 'logTold(message.suffix, ghostState) ?? logOfView(ghostState.identities, viewNumber, opNumber) ?? log;',
    replace: 'log;',
    noticed: { misses: 'startview-keeps-longer-suffix' },
  },
  {
    name: 'a commit is always told',
    file: 'explain.ts',
    find: 'if (first === undefined || first <= viewNumber) return first;',
    replace: 'return viewNumber;',
    noticed: { misses: 'commit-quorum-short' },
  },
  {
    name: 'a commit in a later view counts',
    file: 'explain.ts',
    find: 'if (first === undefined || first <= viewNumber) return first;',
    replace: 'return first === undefined ? first : viewNumber;',
    noticed: { misses: 'commit-higher-view-executes' },
  },
  {
    name: 'no commit is told',
    file: 'explain.ts',
    find: 'if (first === undefined || first <= viewNumber) return first;',
    replace: 'return undefined;',
    noticed: { alarms: 'clock-at-backup' },
  },
  {
    name: 'acknowledgements are not numbered',
    file: 'explain.ts',
    find: 'opNumber: held, replica',
    replace: 'opNumber: opNumber, replica',
    noticed: { accepts: 'counts more acknowledgements than were sent' },
  },
  {
    name: 'recovery takes any log',
    file: 'explain.ts',
    find: 'answers.find(({ viewNumber, log }) => viewNumber === target.viewNumber && log !== undefined)',
    replace: 'answers.find(({ log }) => log !== undefined)',
    noticed: {
      argued:
        'The rule log-of-that-view rejects another log, and logs of two primaries seldom answer the same restart.',
    },
  },
  {
    name: 'recovery takes the log that is held',
    file: 'explain.ts',
    find: "return from && { action: 'recover', replica: number, answers, message: from };",
    replace:
      "return from && { action: 'recover', replica: number, answers, message: { ...from, log: target.log } };",
    noticed: { accepts: 'holds an entry that it was not told' },
  },
  {
    name: 'a replica answers twice',
    file: 'explain.ts',
    find: 'const answers = [...latest.values()].map(',
    replace: 'const answers = received.map(',
    noticed: { argued: 'The rule of the specification counts each replica once by itself.' },
  },
  {
    name: 'forgotten votes count',
    file: 'explain.ts',
    find: '!cast.some((other) => isForgotten(vote, other))',
    replace: 'vote.replica >= 0',
    noticed: {
      argued:
        'A replica drops a forgotten vote as it arrives. That a later vote shows it is rarer than these runs.',
    },
  },
  {
    name: 'each answer is about the present loss',
    file: 'explain.ts',
    find: '` ? told : 0',
    replace: '` ? told : told',
    noticed: { argued: 'A replica keeps no answers with another nonce.' },
  },
  {
    name: 'no answer is about the present loss',
    file: 'explain.ts',
    find: '` ? told : 0',
    replace: '` ? 0 : 0',
    noticed: { alarms: 'honest' },
  },
  {
    name: 'halted replicas go on',
    file: 'follows-protocol.ts',
    find: 'isHalted(step.old) || isHalted(step.now)',
    replace: 'isHalted(step.old) && false',
    noticed: {
      argued:
        'A replica that has halted stays so, and the check of the machine after the step leaves it out too.',
    },
  },
  {
    name: 'altered storages are compared',
    file: 'follows-protocol.ts',
    find: 'altered === undefined && unfounded',
    replace: 'unfounded',
    noticed: {
      argued:
        'A storage that gives back another entry is rare, and what follows is mostly allowed. It is left out on principle.',
    },
  },
  {
    name: 'groups that are not founded are compared',
    file: 'follows-protocol.ts',
    find: ' && unfounded === undefined',
    replace: '',
    noticed: { alarms: 'member-before-durable' },
  },
  {
    name: 'overloaded groups are compared',
    file: 'follows-protocol.ts',
    find: ' && overload === undefined',
    replace: '',
    noticed: { argued: 'Such a group is not drawn here: only a test asks for it.' },
  },
];
