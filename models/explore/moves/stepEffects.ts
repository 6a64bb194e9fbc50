import { describeReason } from '../../../impl/index.ts';
import type { Event } from '../../world/event.ts';
import { perform } from '../../world/perform.ts';
import type { ClientMachine, Machine, PerformedEvent } from '../../world/world.ts';
import { sortOf } from '../budget/bounds.ts';
import { type Components, layout } from '../states/components.ts';
import { Pairs } from '../states/pairs.ts';
import type { Move } from './moves.ts';

/** What a move does to the machine that it steps, and what the machine sends. */
export interface StepEffect {
  /** The number of the effect in its exploration, from 0. */
  readonly number: number;
  /** The number of the machine's next state. */
  readonly next: number;
  /** The machine after this very step. The machine with number `next` may differ from it in parts that are not essential. */
  readonly machine: Machine | undefined;
  readonly client: ClientMachine | undefined;
  /** The numbers of the packets sent. */
  readonly sent: readonly number[];
  readonly last: PerformedEvent | undefined;
  /** Whether the machine stays as it was, and has no outputs but timers, dropped inputs and messages. */
  readonly changesNothing: boolean;
  /** Whether the machine has writes that are not durable yet. */
  readonly writes: boolean;
  /** The view in which the machine is afterwards. */
  readonly viewNumber: number;
  /** The input and its outcome, such as `PREPARE: taken`: the branch of the protocol that was taken. */
  readonly branch: string;
}

/**
 * The effects of all moves. Equal machines do the same on equal inputs, whatever the other machines do. So the
 * implementation runs each of these steps once, in a real world, and its effect is remembered.
 */
export class StepEffects {
  readonly all: StepEffect[] = [];
  /** By the number of the links, then by the actor: a map from the machine and the move to an effect. */
  private readonly known: Pairs[][] = [];
  private readonly components: Components;

  constructor(components: Components) {
    this.components = components;
  }

  /** The effect of the move in this state, in which it must be possible. */
  of(state: Uint32Array, move: Move): StepEffect {
    const links = state[layout.links] ?? 0;
    const machine = state[layout.machines + move.actor] ?? 0;
    this.known[links] ??= [];
    const ofLinks = this.known[links];
    ofLinks[move.actor] ??= new Pairs();
    const known = ofLinks[move.actor];
    const found = this.all[known?.get(machine, move.code) ?? -1];
    if (found !== undefined) return found;
    const effect = this.perform(state, move);
    known?.set(machine, move.code, effect.number);
    this.all.push(effect);
    return effect;
  }

  private perform(state: Uint32Array, { actor, event, packet }: Move): StepEffect {
    const { components } = this;
    const before = components.unpack(state);
    const after = perform(before, event);
    const kept = before.packets.length - (packet === undefined ? 0 : 1);
    const sent = after.packets.slice(kept).map((one) => components.packets.numberOf(one));
    const number = this.all.length;
    const size = components.machines.length;
    const machine = after.machines[actor];
    const client = after.clients[actor - size];
    const variant = components.variant(state[layout.spent] ?? 0);
    const next =
      machine !== undefined
        ? components.machineParts(actor).numberOf(machine, variant)
        : client !== undefined
          ? components.clientParts(actor - size).numberOf(client, variant)
          : 0;
    const changesNothing = next === state[layout.machines + actor] && isSilent(after.last);
    const writes = (machine?.disk.unsynced.length ?? 0) > 0;
    const branch = `${labelOf(event)}: ${resultOf(after.last)}`;
    return {
      ...{ number, next, machine, client, sent, last: after.last, changesNothing, writes },
      ...{ viewNumber: viewOf(machine), branch },
    };
  }
}

/** Whether nothing was executed, accepted by a client, rejected or thrown. */
function isSilent(last: PerformedEvent | undefined): boolean {
  if (last === undefined) return true;
  const { outputs, clientOutputs, thrown } = last;
  const silent = ({ type }: { readonly type: string }) =>
    type === 'timer' || type === 'dropped' || type === 'send' || type === 'reply';
  return thrown === undefined && outputs.every(silent) && clientOutputs.every(silent);
}

function viewOf(machine: Machine | undefined): number {
  return machine?.replica?.viewNumber ?? 0;
}

function labelOf(event: Event): string {
  if ('packet' in event) return event.packet.message.type;
  return event.type === 'timer' ? event.timer : sortOf(event);
}

function resultOf(last: PerformedEvent | undefined): string {
  for (const output of [...(last?.outputs ?? []), ...(last?.clientOutputs ?? [])]) {
    if (output.type === 'dropped' || output.type === 'rejected')
      return `${output.type}, ${describeReason(output.reason)}`;
  }
  return 'taken';
}
