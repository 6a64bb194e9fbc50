import { painter, paragraph } from '../../../impl/terminal/layout.ts';
import { eventText } from '../../world/event.ts';
import { type Frame, framesOf, type Replayed } from '../replay.ts';
import { changesOf } from './changes.ts';
import { type Appearance, endOf, headerOf } from './rows.ts';
import { stateOf } from './state.ts';

/** A command of a user who steps through a run; a number is that of an event. */
export type StepperMove = 'next' | 'back' | 'quit' | number;

const words = new Map<string, StepperMove>([
  ['', 'next'],
  ['n', 'next'],
  ['next', 'next'],
  ['b', 'back'],
  ['back', 'back'],
  ['q', 'quit'],
  ['quit', 'quit'],
]);

/**
 * The move for a line of input: empty or `n`, `b`, `q`, or the number of an event. Undefined for any other.
 */
export function moveFrom(line: string): StepperMove | undefined {
  const word = line.trim().toLowerCase();
  if (/^\d{1,9}$/.test(word)) return Number(word);
  return words.get(word);
}

/** Steps through a run, event by event, forwards and backwards. It starts before the first event. */
export class Stepper {
  private readonly replayed: Replayed;
  private readonly appearance: Appearance;
  private at = 0;

  constructor(replayed: Replayed, appearance: Appearance) {
    this.replayed = replayed;
    this.appearance = appearance;
  }

  /** Moves, at most to the first or last event. */
  move(move: Exclude<StepperMove, 'quit'>): void {
    const wanted = move === 'next' ? this.at + 1 : move === 'back' ? this.at - 1 : move;
    this.at = Math.max(0, Math.min(wanted, this.replayed.happened));
  }

  /** The world after the present event and the event's changes; at the last event also the end of the run. */
  show(): readonly string[] {
    const { replayed, at } = this;
    const { width = 120, colours = false } = this.appearance;
    const paint = painter(colours);
    const frame = frameAt(replayed, at);
    const title = frame === undefined ? ['Before the first event.'] : titleOf(replayed, frame);
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
