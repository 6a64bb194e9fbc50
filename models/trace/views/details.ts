import { type Paint, painter, paragraph } from '../../../impl/terminal/layout.ts';
import { framesOf, type Replayed } from '../replay.ts';
import { packetTexts } from './carried.ts';
import { sentBy } from './changes.ts';
import { legendFor } from './legend.ts';
import { type Appearance, rowsOf } from './rows.ts';

/** What the rows leave out: what each step sent, what is in flight at the end, and the meaning of each symbol used. */
export function detailsOf(
  replayed: Replayed,
  { width = 120, colours = false }: Appearance = {},
): readonly string[] {
  const paint = painter(colours);
  const frames = [...framesOf(replayed)];
  const digits = String(frames.length).length;
  const sent = frames.flatMap((frame) =>
    packetTexts(sentBy(frame)).map(
      (text, index) => `${index > 0 ? '' : frame.number}`.padEnd(digits + 2) + text,
    ),
  );
  const inFlight = (frames.at(-1)?.after ?? replayed.start).packets;
  const shown = [
    ...section('Sent, by event', sent, width, paint),
    ...section('In flight at the end', packetTexts(inFlight), width, paint),
  ];
  const used = [...rowsOf(replayed, { width }), ...shown].join('\n');
  return [...shown, ...section('Symbols', legendFor(used), width, paint)];
}

function section(title: string, lines: readonly string[], width: number, paint: Paint): readonly string[] {
  if (lines.length === 0) return [];
  return ['', paint(`${title}:`, 'key'), ...lines.flatMap((line) => paragraph(line, width, '  '))];
}
