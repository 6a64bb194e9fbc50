import { eventText } from '../../world/event.ts';
import { endpoint, type Packet } from '../../world/packet.ts';
import { variantsText } from '../../world/variants.ts';
import type { World } from '../../world/world.ts';
import { type Frame, framesOf, type Replayed } from '../replay.ts';
import { changesOf } from './changes.ts';
import { verdictOf, violationOf, whenText } from './verdict.ts';

/** A run as a Mermaid sequence diagram. An arrow is drawn when its message arrives, not when it was sent. */
export function mermaidOf(replayed: Replayed): readonly string[] {
  const { counterexample, start } = replayed;
  const size = start.machines.length;
  const clients = start.clients.map((_, client) => endpoint(size, size + client));
  const names = [...clients, ...start.machines.map((_, replica) => endpoint(size, replica))];
  const allParticipants = [...new Set([names.at(0), names.at(-1)])].join(',');
  const located = violationOf(replayed.outcome);
  const end =
    located === undefined
      ? [verdictOf(replayed)]
      : [`${located.violation.property} is broken ${whenText(located)}`, located.violation.seen];
  const events = Array.from(framesOf(replayed), (frame) => linesOf(frame, allParticipants, size));
  return [
    'sequenceDiagram',
    `  %% ${escaped(describeSetup(replayed))}`,
    ...names.map((name) => `  participant ${name}`),
    ...events.flat().map((line) => `  ${line}`),
    ...(counterexample.events.length === 0 ? [`  Note over ${allParticipants}: ${escaped('no event')}`] : []),
    `  Note over ${allParticipants}: ${end.map(escaped).join('<br/>')}`,
  ];
}

function describeSetup({ counterexample: { setup, mutant } }: Replayed): string {
  const { replicas, mode, clients } = setup;
  return `${replicas} replicas, ${mode}, ${clients} clients${variantsText(setup)}, ${mutant ?? 'no mutant'}`;
}

function linesOf(frame: Frame, allParticipants: string, size: number): readonly string[] {
  const { event, record, number, before } = frame;
  const note = (over: string, text: string): string => `Note over ${over}: ${escaped(text)}`;
  switch (event.type) {
    case 'deliver':
      return [arrow(frame, event.packet, '->>'), ...keyNotes(frame)];
    case 'drop':
      return [arrow(frame, event.packet, '--x')];
    case 'duplicate':
      return [note(endpoint(size, event.packet.from), `${number} ${eventText(record)}`)];
    case 'request':
    case 'end':
    case 'retry':
    case 'restart-client':
      return [
        note(
          endpoint(size, before.machines.length + event.client),
          [`${number} ${event.type}`, ...keysOf(frame)].join(', '),
        ),
      ];
    case 'partition':
    case 'heal':
      return [note(allParticipants, `${number} ${eventText(record)}`)];
    case 'timer':
    case 'sync':
    case 'crash':
    case 'restart':
    case 'clock':
      return [
        note(endpoint(size, event.replica), [`${number} ${eventText(record)}`, ...keysOf(frame)].join(', ')),
      ];
  }
}

function arrow({ number, before }: Frame, packet: Packet, line: string): string {
  const size = before.machines.length;
  const [from, to] = [endpoint(size, packet.from), endpoint(size, packet.to)];
  const label = packet.name.slice(0, packet.name.lastIndexOf(' '));
  const late = isLate(before, packet) ? `, sent before ${from} crashed` : '';
  return `${from}${line}${to}: ${escaped(`${number} ${label}${late}`)}`;
}

/** Whether the packet's sender has crashed since it was sent. */
function isLate({ machines, clients }: World, { from, incarnation }: Packet): boolean {
  const machine = machines[from];
  if (machine !== undefined) return machine.replica === undefined || machine.incarnation > incarnation;
  return (clients[from - machines.length]?.incarnation ?? 0) > incarnation;
}

/** A note with the important changes of an event; the diagram leaves out the others. */
function keyNotes(frame: Frame): readonly string[] {
  const { last, machines } = frame.after;
  const number = last?.replica ?? (last?.client === undefined ? undefined : machines.length + last.client);
  const texts = keysOf(frame);
  if (number === undefined || texts.length === 0) return [];
  return [`Note over ${endpoint(machines.length, number)}: ${escaped(texts.join(', '))}`];
}

function keysOf(frame: Frame): readonly string[] {
  const { replicas, clients } = changesOf(frame);
  return [...replicas, ...clients]
    .flat()
    .flatMap(({ text, tone }) => (tone === 'key' || tone === 'bad' ? [text] : []));
}

/** Escapes the characters that Mermaid interprets even inside a text, each as `#` and its code. */
function escaped(text: string): string {
  return text.replaceAll(/[#;:<>&%{}"\\\n]/g, (character) => `#${character.charCodeAt(0)};`);
}
