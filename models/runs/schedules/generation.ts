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
import { Crash } from '../commands/replicas/crash.ts';
import { Fire } from '../commands/replicas/fire.ts';
import { Interrupt } from '../commands/replicas/interrupt.ts';
import { Restart } from '../commands/replicas/restart.ts';
import { Sync } from '../commands/replicas/sync.ts';
import type { RunCommand } from '../run/command.ts';
import type { Run } from '../run/run.ts';
import type { FaultProfile, Weights } from './faultProfile.ts';

/** Makes a command of one kind from a drawn number. `salt` is drawn once a run. */
type Maker = (number: number, faultProfile: FaultProfile, salt: number) => RunCommand;

const makers: Readonly<Record<keyof Weights, Maker>> = {
  // Which links are fast changes every so often, whenever these bits of the number differ.
  deliver: (number, { order }, salt) => new Deliver(number, order, salt + (number >>> 26 === 0 ? 1 : 0)),
  sync: (number) => new Sync(number),
  request: (number) => new SendRequest(number),
  retry: (number) => new Retry(number),
  restartClient: (number) => new RestartClient(number),
  heartbeat: (number) => new Fire(number, 'heartbeat'),
  resend: (number) => new Fire(number, 'resend'),
  suspect: (number) => new Fire(number, 'suspect'),
  interrupt: (number) => new Interrupt(number),
  drop: (number) => new Drop(number),
  duplicate: (number) => new Duplicate(number),
  partition: (number) => new Partition(number),
  heal: (number) => new Heal(number),
  crash: (number) => new Crash(number),
  restart: (number) => new Restart(number),
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
  'drop',
  'duplicate',
  'partition',
  'heal',
  'crash',
  'restart',
];

/**
 * Draws up to `maxCommands` commands, their kinds by the fault profile's weights. One drawn number makes a whole command,
 * kind and choice: drawing them apart takes twice the time.
 */
export function commandsOf(
  faultProfile: FaultProfile,
  maxCommands: number,
  salt: number,
): fc.Arbitrary<Iterable<fc.Command<Model, Run>>> {
  const command = fc.nat({ max: 0x7fffffff }).map(commandMaker(faultProfile, salt));
  return fc.commands([command], { maxCommands, size: 'max' });
}

/** Makes a command of the fault profile from a number from 0 to 2³¹ − 1. */
export function commandMaker(faultProfile: FaultProfile, salt: number): (number: number) => RunCommand {
  const table = wheel(faultProfile.weights);
  return (number) => makers[table[number & wheelMask] ?? 'deliver'](number >>> wheelBits, faultProfile, salt);
}

const wheelBits = 10;
const wheelMask = (1 << wheelBits) - 1;

/** A table of 2¹⁰ places, of which each kind holds as many as its weight makes due, and one at least if it has any. */
function wheel(weights: Weights): readonly (keyof Weights)[] {
  const total = kinds.reduce((sum, kind) => sum + weights[kind], 0);
  const places = kinds.flatMap((kind) => {
    const due = weights[kind] === 0 ? 0 : Math.max(1, Math.round((weights[kind] / total) * (wheelMask + 1)));
    return Array.from({ length: due }, () => kind);
  });
  return Array.from({ length: wheelMask + 1 }, (_, place) => places[place] ?? 'deliver');
}
