import { painter, paragraph } from '../../../impl/terminal/layout.ts';
import { eventText } from '../../world/event.ts';
import { type Frame, framesOf, type Replayed } from '../replay.ts';
import { changesOf } from './changes.ts';
import { type Appearance, endOf, headerOf } from './rows.ts';
import { stateOf } from './state.ts';

/** What someone who walks through a run can ask for. */
export type Move = 'next' | 'back' | 'quit' | number;

const words = new Map<string, Move>([
  ['', 'next'],
  ['n', 'next'],
  ['next', 'next'],
  ['b', 'back'],
  ['back', 'back'],
  ['q', 'quit'],
  ['quit', 'quit'],
]);

/** Reads a line of input: empty or `n`, `b`, `q`, or the number of an event. Undefined if it makes no sense. */
export function moveFrom(line: string): Move | undefined {
  const word = line.trim().toLowerCase();
  if (/^\d{1,9}$/.test(word)) return Number(word);
  return words.get(word);
}

/** A walk through a run, event by event, forwards and backwards. It starts before the first event. */
export class Stepper {
  private readonly replayed: Replayed;
  private readonly appearance: Appearance;
  private at = 0;

  constructor(replayed: Replayed, appearance: Appearance) {
    this.replayed = replayed;
    this.appearance = appearance;
  }

  /** Goes where the move leads, or as far as there are events. */
  move(move: Exclude<Move, 'quit'>): void {
    const wanted = move === 'next' ? this.at + 1 : move === 'back' ? this.at - 1 : move;
    this.at = Math.max(0, Math.min(wanted, this.replayed.happened));
  }

  /** The whole world after the present event, what the event changed, and at the end what became of the run. */
  show(): readonly string[] {
    const { replayed, at } = this;
    const { width = 120, colours = false } = this.appearance;
    const paint = painter(colours);
    const frame = frameAt(replayed, at);
    const title = frame === undefined ? ['The beginning.'] : titleOf(replayed, frame);
    const lines = stateOf(frame?.after ?? replayed.start, frame?.before).flatMap(({ text, tone }) =>
      paragraph(text.trimStart(), width, text.slice(0, text.length - text.trimStart().length)).map((line) =>
        paint(line, tone),
      ),
    );
    const isLast = at === replayed.happened;
    return [
      ...(frame === undefined ? headerOf(replayed, width) : []),
      ...title.flatMap((line) => paragraph(line, width, '')).map((line) => paint(line, 'key')),
      ...lines,
      ...(isLast ? ['', ...endOf(replayed, width, paint)] : []),
    ];
  }
}

/** The frame of an event, or undefined before the first. */
function frameAt(replayed: Replayed, number: number): Frame | undefined {
  for (const frame of framesOf(replayed)) if (frame.number === number) return frame;
  return undefined;
}

function titleOf({ counterexample }: Replayed, frame: Frame): readonly string[] {
  const { replicas, clients } = changesOf(frame);
  const changes = [...replicas, ...clients].flat().map(({ text }) => text);
  const title = `Event ${frame.number} of ${counterexample.events.length}: ${eventText(frame.record)}`;
  return [title, ...(changes.length === 0 ? [] : [changes.join(', ')])];
}
