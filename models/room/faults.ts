import { diskFaults } from './faults/disk.ts';
import type { Fault, Room } from './faults/fault.ts';
import { machineFaults } from './faults/machine.ts';
import { networkFaults } from './faults/network.ts';
import { operatorFaults } from './faults/operator.ts';
import { strangerFaults } from './faults/strangers.ts';

export type { Room } from './faults/fault.ts';

/** Every kind of fault. */
export const faultKinds = {
  ...networkFaults,
  ...machineFaults,
  ...diskFaults,
  ...operatorFaults,
  ...strangerFaults,
} satisfies Readonly<Record<string, Fault>>;

/** The name of a kind of fault. */
export type FaultKind = keyof typeof faultKinds;

/** Makes everything well again, but what only the operator of a server can mend, and knows of only if the server says it. */
export function heal({ network, replicas, programs }: Room): void {
  network.heal();
  for (const { machine } of [...replicas, ...programs]) {
    machine.process?.thaw();
    machine.reading = undefined;
    machine.runClocksAt(1);
  }
  for (const replica of replicas) {
    replica.disk.heal();
    replica.mishaps.hurry(replica.ran);
  }
  for (const replica of replicas) replica.start();
}
