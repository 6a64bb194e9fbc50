import fc from 'fast-check';
import type { Model } from '../../checking/model.ts';
import { RestartClient } from '../commands/clients/restartClient.ts';
import { Retry } from '../commands/clients/retry.ts';
import { SendRequest } from '../commands/clients/sendRequest.ts';
import { Deliver } from '../commands/network/deliver.ts';
import { Drop } from '../commands/network/drop.ts';
import { Duplicate } from '../commands/network/duplicate.ts';
import { Heal } from '../commands/network/heal.ts';
import { Partition } from '../commands/network/partition.ts';
import { AskAgain } from '../commands/replicas/askAgain.ts';
import { Crash } from '../commands/replicas/crash.ts';
import { Fire } from '../commands/replicas/fire.ts';
import { Interrupt } from '../commands/replicas/interrupt.ts';
import { Lose } from '../commands/replicas/lose.ts';
import { Restart } from '../commands/replicas/restart.ts';
import { SetClock } from '../commands/replicas/setClock.ts';
import { Sync } from '../commands/replicas/sync.ts';
import type { RunCommand } from '../run/command.ts';
import type { Run } from '../run/run.ts';
import type { FaultProfile, Weights } from './faultProfile.ts';

/** Makes a command of one kind from a drawn number. `salt` is drawn once per run. */
type Maker = (number: number, faultProfile: FaultProfile, salt: number) => RunCommand;

const makers: Readonly<Record<keyof Weights, Maker>> = {
  // The offset keeps the schedules of earlier seeds.
  deliver: (number, { order }, salt) => new Deliver(number, order, salt + 1),
  sync: (number) => new Sync(number),
  request: (number) => new SendRequest(number),
  retry: (number) => new Retry(number),
  restartClient: (number) => new RestartClient(number),
  heartbeat: (number) => new Fire(number, 'heartbeat'),
  resend: (number) => new Fire(number, 'resend'),
  suspect: (number) => new Fire(number, 'suspect'),
  interrupt: (number) => new Interrupt(number),
  askAgain: (number) => new AskAgain(number),
  drop: (number) => new Drop(number),
  duplicate: (number) => new Duplicate(number),
  partition: (number) => new Partition(number),
  heal: (number) => new Heal(number),
  crash: (number) => new Crash(number),
  restart: (number) => new Restart(number),
  lose: (number) => new Lose(number),
  clock: (number) => new SetClock(number),
};

const kinds: readonly (keyof Weights)[] = [
  'deliver',
  'sync',
  'request',
  'retry',
  'restartClient',
  'heartbeat',
  'resend',
  'suspect',
  'interrupt',
  'askAgain',
  'drop',
  'duplicate',
  'partition',
  'heal',
  'crash',
  'restart',
  'lose',
  'clock',
];

/**
 * Draws up to `maxCommands` commands, their kinds by the fault profile's weights. One drawn number determines
 * both the kind and the choice, because drawing two takes twice the time.
 */
export function commandsOf(
  faultProfile: FaultProfile,
  maxCommands: number,
  salt: number,
): fc.Arbitrary<Iterable<fc.Command<Model, Run>>> {
  const command = fc.nat({ max: 0x7fffffff }).map(commandMaker(faultProfile, salt));
  return fc.commands([command], { maxCommands, size: 'max' });
}

/** A function that makes a command of the fault profile from a number from 0 to 2³¹ − 1. */
export function commandMaker(faultProfile: FaultProfile, salt: number): (number: number) => RunCommand {
  const table = kindTable(faultProfile.weights);
  return (number) => makers[table[number & tableMask] ?? 'deliver'](number >>> tableBits, faultProfile, salt);
}

const tableBits = 10;
const tableMask = (1 << tableBits) - 1;

/**
 * A table of 2¹⁰ kinds, in which each kind occurs in proportion to its weight, and at least once if the
 * weight is not 0.
 */
function kindTable(weights: Weights): readonly (keyof Weights)[] {
  const known = tables.get(weights);
  if (known !== undefined) return known;
  const total = kinds.reduce((sum, kind) => sum + weights[kind], 0);
  const entries = kinds.flatMap((kind) => {
    const count =
      weights[kind] === 0 ? 0 : Math.max(1, Math.round((weights[kind] / total) * (tableMask + 1)));
    return Array.from({ length: count }, () => kind);
  });
  const table = Array.from({ length: tableMask + 1 }, (_, index) => entries[index] ?? 'deliver');
  tables.set(weights, table);
  return table;
}

/** The tables that were made before. */
const tables = new WeakMap<Weights, readonly (keyof Weights)[]>();
