import type { Image, Replica } from '../../../impl/index.ts';
import type { Tone } from '../../../impl/terminal/layout.ts';
import type { Packet } from '../../world/packet.ts';
import { type ClientMachine, type Machine, timerBit, timers, type World } from '../../world/world.ts';
import { carriedText } from './carried.ts';
import { logText, membersOf, requestName, resultText } from './changes.ts';

/** One line about a world. A field that the last event changed has the tone `key`. */
export interface StateLine {
  readonly text: string;
  readonly tone: Tone;
}

/** Field names and their values as text. A field with its initial value is empty, and is not shown. */
type Fields = ReadonlyMap<string, string>;

/** The whole world: each replica, each client, the cut links and the packets on their way. */
export function stateOf(world: World, before: World | undefined): readonly StateLine[] {
  const lines: StateLine[] = [];
  world.machines.forEach((machine, number) => {
    const old = before?.machines[number];
    lines.push(...section(`r${number}`, machineFields(machine, world), old && machineFields(old, world)));
  });
  world.clients.forEach((client, number) => {
    const old = before?.clients[number];
    lines.push(...section(`c${number}`, clientFields(client), old && clientFields(old)));
  });
  const cut = cutText(world);
  const old = before && cutText(before);
  if (cut !== '' || (old ?? '') !== '')
    lines.push(
      ...section('network', new Map([['cut', cut]]), old === undefined ? old : new Map([['cut', old]])),
    );
  return [...lines, ...packetLines(world.packets, before?.packets ?? world.packets)];
}

/** A changed field shows both values, the old one first. */
function section(title: string, now: Fields, old: Fields | undefined): readonly StateLine[] {
  const lines: StateLine[] = [{ text: title, tone: 'key' }];
  for (const name of new Set([...now.keys(), ...(old?.keys() ?? [])])) {
    const value = now.get(name) ?? '';
    const was = old === undefined ? value : (old.get(name) ?? '');
    if (value === was && value === '') continue;
    const label = name.padEnd(18);
    if (value === was) lines.push({ text: `    ${label} ${value}`, tone: 'plain' });
    else
      lines.push({
        text: `  * ${label} ${was === '' ? 'nothing' : was} → ${value === '' ? 'nothing' : value}`,
        tone: 'key',
      });
  }
  return lines;
}

function machineFields(machine: Machine, world: World): Fields {
  const { replica, disk } = machine;
  const { image, unsynced, torn } = disk;
  const armed = timers.filter((timer) => (machine.timers & timerBit[timer]) !== 0);
  return new Map([
    ['machine', replica === undefined ? 'down' : 'runs'],
    ['restarts', machine.incarnation === 0 ? '' : String(machine.incarnation)],
    ...(replica === undefined ? [] : replicaFields(replica, world)),
    ['timers', armed.join(' ')],
    [
      'durable',
      world.configuration.mode === 'diskless'
        ? `v${image.viewNumber}${checkpointText(image)}`
        : `v${image.viewNumber}${checkpointText(image)} lnv${image.lastNormalView} k${image.commitNumber}, log ${logText(image.log)}`,
    ],
    ['not durable', unsynced.map(({ type }) => type).join(' ')],
    ['torn', torn.map(({ type }) => type).join(' ')],
  ]);
}

function replicaFields(replica: Replica, { implementation }: World): readonly (readonly [string, string])[] {
  const { acknowledged, transfer, checkpointTransfer, recovery } = replica;
  const role = implementation.isPrimary(replica) ? 'primary' : 'backup';
  return [
    ['status', `${replica.status}, ${role} of its view`],
    ['viewNumber', String(replica.viewNumber)],
    ['lastNormalView', String(replica.lastNormalView)],
    ['opNumber', String(replica.log.length)],
    ['commitNumber', String(replica.commitNumber)],
    ['log', logText(replica.log)],
    ['checkpoints', replica.checkpoints.map(({ opNumber }) => opNumber).join(' ')],
    [
      'clientTable',
      [...replica.clientTable]
        .map(
          ([id, { requestNumber, results }]) =>
            `${id} s${requestNumber} (${results.map(resultText).join('; ')})`,
        )
        .join(', '),
    ],
    [
      'pending',
      [...replica.pending]
        .map(([id, opNumber]) => `${id} s${replica.log.at(opNumber).requestNumber}`)
        .join(', '),
    ],
    ['acknowledged', acknowledged.some((held) => held > 0) ? acknowledged.join(' ') : ''],
    ['prepares', replica.prepares.join(' ')],
    ['startViewChanges', membersOf(replica.startViewChanges)],
    ['doViewChanges', replica.doViewChanges.map(voteText).join(', ')],
    ['transfer', transfer === undefined ? '' : `view ${transfer.viewNumber}, asked r${transfer.asked}`],
    [
      'checkpointTransfer',
      checkpointTransfer === undefined ? '' : checkpointTransferText(checkpointTransfer),
    ],
    ['recovery', recovery === undefined ? '' : recoveryText(recovery)],
    ['retransmissions', counted(replica.retransmissions)],
    ['viewChanges', counted(replica.viewChanges)],
    [
      'writes',
      replica.issuedWrite === 0 ? '' : `${replica.issuedWrite} issued, ${replica.durableWrite} durable`,
    ],
    [
      'held',
      replica.held.map(({ after, output }) => `${output.message.type} until write ${after}`).join(', '),
    ],
  ];
}

function voteText({
  replicaNumber,
  lastNormalView,
  suffix,
  commitNumber,
}: Replica['doViewChanges'][number]): string {
  const before = suffix.after > 0 ? `after ${suffix.after} ` : '';
  const names = suffix.entriesAfter(suffix.after).map(requestName);
  return `r${replicaNumber} (lnv${lastNormalView} k${commitNumber}, log ${before}${names.join(' ') || 'empty'})`;
}

function checkpointText({ checkpoint }: Image): string {
  return checkpoint === undefined ? '' : `, checkpoint of ${checkpoint.opNumber}`;
}

function checkpointTransferText({
  opNumber,
  part,
  paths,
}: NonNullable<Replica['checkpointTransfer']>): string {
  return `checkpoint of ${opNumber}, ${paths.length} paths of its ${part} to ask for`;
}

function recoveryText({
  incarnation,
  attempt,
  responses,
  recovering,
}: NonNullable<Replica['recovery']>): string {
  const answers = responses.map(
    ({ replicaNumber, viewNumber, state }) =>
      `r${replicaNumber} v${viewNumber}${state === null ? '' : ` n${state.opNumber}`}`,
  );
  const others = recovering.map(({ replicaNumber }) => `r${replicaNumber}`).join(' ');
  return `nonce ${incarnation}.${attempt}, answers: ${answers.join(', ') || 'none'}${others === '' ? '' : `, also ${others}`}`;
}

function clientFields({ client, retryArmed, incarnation }: ClientMachine): Fields {
  const { clientId, session, requestNumber, viewNumber, outstanding, retries } = client;
  return new Map([
    ['clientId', clientId],
    ['restarts', counted(incarnation)],
    ['session', session === undefined ? 'none' : session === 0 ? '' : String(session)],
    ['requestNumber', String(requestNumber)],
    ['viewNumber', String(viewNumber)],
    ['outstanding', outstanding.map(requestName).join(' ')],
    ['retries', counted(retries)],
    ['timers', retryArmed ? 'retry' : ''],
  ]);
}

function counted(number: number): string {
  return number === 0 ? '' : String(number);
}

/** The cut links, such as `r0→r1 r2→r1`. */
function cutText({ blocked, loses }: World): string {
  const links = blocked.flatMap((senders, to) =>
    blocked.flatMap((_, from) => ((senders >> from) & 1 ? [`r${from}→r${to}`] : [])),
  );
  return [...links, ...(loses ? ['(messages sent there are lost)'] : [])].join(' ');
}

function packetLines(now: readonly Packet[], old: readonly Packet[]): readonly StateLine[] {
  const gone = without(old, now);
  const fresh = [...without(now, old)];
  return [
    { text: `on their way: ${now.length}`, tone: 'key' },
    ...gone.map(({ name }): StateLine => ({ text: `  - ${name}`, tone: 'dim' })),
    ...now.map((packet): StateLine => {
      const at = fresh.indexOf(packet);
      if (at >= 0) fresh.splice(at, 1);
      return {
        text: `  ${at >= 0 ? '+' : ' '} ${packet.name}${carriedText(packet.message)}`,
        tone: at >= 0 ? 'key' : 'plain',
      };
    }),
  ];
}

/** The packets without the others, each removed once. */
function without(packets: readonly Packet[], others: readonly Packet[]): readonly Packet[] {
  const left = [...packets];
  for (const other of others) {
    const at = left.indexOf(other);
    if (at >= 0) left.splice(at, 1);
  }
  return left;
}
