import { grouped } from '../../../impl/terminal/columns.ts';
import type { Mutant } from '../../mutants/mutant.ts';
import { none, settingsText } from '../table/figures.ts';
import type { MutationRun, Row } from '../table/mutationRun.ts';
import { unseen } from './unseen.ts';

/** A mutant, hunted with follows-protocol alone, and with all other properties. */
interface Compared {
  readonly mutant: Mutant;
  readonly alone: Row | undefined;
  readonly beside: Row | undefined;
}

/** The page that compares what the specification of the protocol catches with what all other properties catch. */
export function refinementPage(
  mutants: readonly Mutant[],
  protocolRun: MutationRun,
  mutationRun: MutationRun | undefined,
): string {
  const all = mutants.map((mutant): Compared => {
    const isOf = ({ mutant: name }: Row) => name === mutant.name;
    return { mutant, alone: protocolRun.rows.find(isOf), beside: mutationRun?.rows.find(isOf) };
  });
  return `${[introduction(protocolRun, mutationRun), summary(all), unseenText(all), table(all)].join('\n\n')}\n`;
}

function introduction(protocolRun: MutationRun, mutationRun: MutationRun | undefined): string {
  return [
    '# What the specification catches',
    '',
    'The property `follows-protocol` holds each step of the implementation to [the specification of the protocol](../README.md#the-protocol).',
    'Here it is alone: each mutant was hunted with it and no other property. Beside it stands what all other properties need.',
    '',
    `- follows-protocol: ${settingsText(protocolRun)}`,
    ...(mutationRun === undefined
      ? []
      : [`- the others: ${settingsText(mutationRun)}; the median of the events`]),
    '',
    '```sh',
    'npm run mutants -- --properties protocol --seeds 1 --shorten 0 --seconds 10 --out models/mutants/protocol-run.json',
    '```',
    '',
    'writes the figures anew, and `npm run reasons` this page.',
  ].join('\n');
}

function summary(all: readonly Compared[]): string {
  const caught = all.filter(({ alone }) => isCaught(alone));
  const sooner = caught.filter(({ alone, beside }) => eventsOf(alone) < eventsOf(beside));
  const onlyHere = caught.filter(({ beside }) => eventsOf(beside) === Infinity);
  const names = onlyHere.map(({ mutant }) => linkTo(mutant.name)).join(', ');
  return [
    `It catches ${caught.length} of ${all.length} mutants by itself, ${sooner.length} of them after fewer events than the others.`,
    onlyHere.length === 0
      ? 'The others catch each of these in most hunts too.'
      : `The others miss in most hunts: ${names}.`,
  ].join('\n');
}

function unseenText(all: readonly Compared[]): string {
  const missed = new Set(all.filter(({ alone }) => !isCaught(alone)).map(({ mutant }) => mutant.name));
  const groups = unseen.map(({ what, why, mutants }) => {
    const names = mutants.filter((name) => missed.has(name)).map(linkTo);
    return `- **${what}** (${names.length}). ${why} ${names.join(', ')}.`;
  });
  return ['## What it does not see, and why', '', ...groups].join('\n');
}

function table(all: readonly Compared[]): string {
  const rows = all.map(({ mutant: { name, guarantee }, alone, beside }) => {
    const first = beside?.properties[0]?.property;
    return `| ${linkTo(name)} | ${guarantee} | ${eventsText(alone)} | ${eventsText(beside)} | ${first ?? none} |`;
  });
  return [
    '## Every mutant',
    '',
    'How many events of a hunt passed until the property broke.',
    '',
    '| mutant | guarantee | follows-protocol | the others | first of the others |',
    '|---|---|---:|---:|---|',
    ...rows,
  ].join('\n');
}

function isCaught(row: Row | undefined): boolean {
  return row !== undefined && row.caught > 0;
}

/** Where half of the hunts or more caught nothing, it is infinite. */
function eventsOf(row: Row | undefined): number {
  return row?.events ?? Infinity;
}

function eventsText(row: Row | undefined): string {
  if (row === undefined) return none;
  return row.events === null ? 'missed' : grouped(row.events);
}

function linkTo(name: string): string {
  return `[${name}](${name}.md)`;
}
