import type { MappingMutant } from './mappingMutant.ts';

/** Mistakes in what a machine is to the protocol. */
export const inMachines: readonly MappingMutant[] = [
  {
    name: 'a recovering replica is up',
    file: 'abstractMachine.ts',
    find: " && replica.status !== 'recovering'",
    replace: '',
    noticed: { alarms: 'honest' },
  },
  {
    name: 'a halted replica is up',
    file: 'abstractMachine.ts',
    find: ' && replica.halted === undefined',
    replace: '',
    noticed: { argued: 'Steps of a replica that has halted are not compared at all.' },
  },
  {
    name: 'writes in flight are left out',
    file: 'abstractMachine.ts',
    find: 'storedBy(disk.image, disk.unsynced, group, about);',
    replace: 'storedBy(disk.image, [], group, about);',
    noticed: { alarms: 'honest' },
  },
  {
    name: 'a lost log keeps its view',
    file: 'abstractMachine.ts',
    find: 'lastNormalView: log === undefined ? 0 : lastNormalView',
    replace: 'lastNormalView',
    noticed: { alarms: 'honest' },
  },
  {
    name: 'a lost storage is whole',
    file: 'abstractMachine.ts',
    find: 'if (founders.length === 0) return undefined;',
    replace: '',
    noticed: { alarms: 'honest' },
  },
  {
    name: 'no write tells of a loss',
    file: 'abstractMachine.ts',
    find: 'generations = generationsIn(record.membership);',
    replace: '',
    noticed: { alarms: 'honest' },
  },
  {
    name: 'a damaged log is there',
    file: 'abstractMachine.ts',
    find: 'let { viewNumber, lastNormalView, isCorrupt } = image;',
    replace: `let { viewNumber, lastNormalView } = image;
  let isCorrupt = false;`,
    noticed: { alarms: 'honest' },
  },
  {
    name: 'a damaged log stays damaged',
    file: 'abstractMachine.ts',
    find: `isCorrupt = false;
        break;`,
    replace: 'break;',
    noticed: { alarms: 'honest' },
  },
  {
    name: 'a stored checkpoint replaces no log',
    file: 'abstractMachine.ts',
    find: 'if (executed !== undefined && log.first(record.base) !== executed) log = executed;',
    replace: '',
    noticed: { alarms: 'checkpoint-unverified' },
  },
  {
    name: 'a stored view keeps the last normal view',
    file: 'abstractMachine.ts',
    find: '({ viewNumber, lastNormalView } = record);',
    replace: '({ viewNumber } = record);',
    noticed: { alarms: 'honest' },
  },
  {
    name: 'a stored view keeps the view-number',
    file: 'abstractMachine.ts',
    find: '({ viewNumber, lastNormalView } = record);',
    replace: '({ lastNormalView } = record);',
    noticed: { alarms: 'honest' },
  },
  {
    name: 'nothing is executed',
    file: 'abstractMachine.ts',
    find: 'commitNumber: isUp ? replica.commitNumber : 0',
    replace: 'commitNumber: isUp ? 0 : 0',
    noticed: { misses: 'execute-on-prepare' },
  },
  {
    name: 'the last normal view is the view',
    file: 'abstractMachine.ts',
    find: 'lastNormalView: isUp ? replica.lastNormalView : 0',
    replace: 'lastNormalView: isUp ? replica.viewNumber : 0',
    noticed: { alarms: 'honest' },
  },
  {
    name: 'a stored suffix replaces nothing',
    file: 'abstractMachine.ts',
    find: 'const kept = log.first(after) ?? Content.unknown(after);',
    replace: 'const kept = log;',
    noticed: { alarms: 'honest' },
  },
  {
    name: 'a write has no end',
    file: 'abstractMachine.ts',
    find: 'if (!isSame(stored, latest)) all.push(stored);',
    replace: 'all.push(stored);',
    noticed: { alarms: 'gc-past-commit' },
  },
];
