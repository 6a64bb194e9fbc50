import type { Configuration } from '../../replica/data/configuration.ts';
import { changesBetween, type Settings } from '../cluster/settings.ts';
import { isCertifiedAs } from '../cluster/tlsCredentials.ts';
import { describeIssue } from '../encoding/messageSchema.ts';
import { type Hello, helloSchema, senderOf } from './handshake.ts';

/** The replica that is greeted. */
export interface Greeted {
  readonly configuration: Configuration;
  readonly replicaNumber: number;
  /** The unique name of its start. */
  readonly boot: string;
  /** The hash of the settings that all members and clients share. */
  readonly group: string;
  /** Those settings. */
  readonly settings: Settings;
  /** The settings that may differ between members. */
  readonly freeSettings: Settings;
}

/** The `hello` in the message. Throws an Error with the reason if no correct peer of this replica sends it. */
export function checkedHello(message: unknown, certifiedName: string | undefined, greeted: Greeted): Hello {
  const { group, replicaNumber, configuration } = greeted;
  const opening = helloSchema.safeParse(message);
  if (!opening.success) throw new Error(`a connection begins with hello; ${describeIssue(opening.error)}`);
  const hello = opening.data;
  if (hello.group !== group)
    throw new Error(
      `this replica belongs to the group ${group}, not to ${hello.group}: ${differences(hello, greeted.settings)}`,
    );
  if (certifiedName !== undefined && !isCertifiedAs(certifiedName, hello.from))
    throw new Error(`the certificate of ${certifiedName} is not that of ${senderOf(hello)}`);
  if (hello.from !== null) {
    if (hello.boot === greeted.boot)
      throw new Error(
        `replica ${replicaNumber} has reached itself: give each replica an address of its own, which leads to no other`,
      );
    if (hello.from >= configuration.size || hello.from === replicaNumber)
      throw new Error(`${senderOf(hello)} is no other member of a group of ${configuration.size}`);
    if (hello.mode !== configuration.mode)
      throw new Error(
        `${senderOf(hello)} is ${hello.mode}, and this one ${configuration.mode}: write the same mode into all files`,
      );
    if (hello.introduction?.starts.at(-1) !== hello.boot)
      throw new Error(`${senderOf(hello)} does not introduce itself by its own start`);
  }
  return hello;
}

function differences(hello: Hello, own: Settings): string {
  const told = toldDifferences(hello, own);
  return told.length > 0
    ? `${told.join('; ')}: write the same into all files`
    : 'compare the number of replicas, and the limits that the file sets';
}

/** How the settings differ that may, in part of a sentence; undefined if they do not, or are not told. */
export function freeDifferences(hello: Hello, { freeSettings }: Greeted): string | undefined {
  const told = toldDifferences(hello, freeSettings);
  return told.length === 0 ? undefined : told.join('; ');
}

function toldDifferences({ settings = {}, from }: Hello, own: Settings): readonly string[] {
  return changesBetween(
    own,
    settings,
    (here, there) => `is ${here} here, and ${there} at ${senderOf({ from })}`,
  );
}
