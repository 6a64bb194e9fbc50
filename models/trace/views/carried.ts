import type { ClientMessage, LogSuffix, Message } from '../../../impl/index.ts';
import type { Packet } from '../../world/packet.ts';
import { requestName, resultText } from './changes.ts';

/** What the message carries apart from the numbers in its name, in brackets; empty for most messages. */
export function carriedText(message: Message | ClientMessage): string {
  switch (message.type) {
    case 'DOVIEWCHANGE':
      return ` (lnv${message.lastNormalView} k${message.commitNumber}, log ${suffixText(message.suffix)})`;
    case 'STARTVIEW':
      return ` (k${message.commitNumber}, log ${suffixText(message.suffix)})`;
    case 'PREPARE':
    case 'NEWSTATE':
      return ` (k${message.commitNumber}, ${suffixText(message.suffix)})`;
    case 'RECOVERYRESPONSE': {
      const { state } = message;
      return state === null
        ? ''
        : ` (n${state.opNumber} k${state.commitNumber}, log ${suffixText(state.suffix)})`;
    }
    case 'REPLY':
      return ` (${resultText(message.result)})`;
    default:
      return '';
  }
}

/** Packets in a line each, with what they carry. Those that follow each other and differ in their receiver share a line. */
export function packetTexts(packets: readonly Packet[]): readonly string[] {
  const lines: { label: string; links: string[]; carried: string }[] = [];
  for (const { name, message } of packets) {
    const end = name.lastIndexOf(' ');
    const [label, link] = [name.slice(0, end), name.slice(end + 1)];
    const carried = carriedText(message);
    const last = lines.at(-1);
    if (last?.label === label && last.carried === carried) last.links.push(link);
    else lines.push({ label, links: [link], carried });
  }
  return lines.map(({ label, links, carried }) => `${label} ${links.join(' ')}${carried}`);
}

function suffixText(suffix: LogSuffix): string {
  const { after } = suffix;
  const names = suffix.entriesAfter(after).map(requestName).join(' ');
  return `${after > 0 ? `after ${after} ` : ''}${names === '' ? 'empty' : names}`;
}
