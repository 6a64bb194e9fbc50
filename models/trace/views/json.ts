import type { StyledText } from '../../../impl/terminal/layout.ts';
import { eventText } from '../../world/event.ts';
import { type Frame, framesOf, type Replayed } from '../replay.ts';
import { changesOf, sentBy } from './changes.ts';
import { verdictOf } from './verdict.ts';

/** A run as lines of JSON for other programs, one event per line. */
export function jsonOf(replayed: Replayed): readonly string[] {
  const { counterexample, happened, outcome, first } = replayed;
  const { mutant, setup, violation } = counterexample;
  const head = {
    mutant,
    setup,
    recorded: violation,
    reproduced: outcome.kind === 'reproduced',
    outcome,
    firstViolation: first ?? null,
    verdict: verdictOf(replayed),
  };
  const fields = Object.entries(head).map(([name, value]) => `  "${name}": ${JSON.stringify(value)},`);
  const lines = Array.from(framesOf(replayed), (frame) => {
    const comma = frame.number < happened ? ',' : '';
    return `    ${JSON.stringify(eventOf(frame))}${comma}`;
  });
  return ['{', ...fields, '  "events": [', ...lines, '  ]', '}'];
}

function eventOf(frame: Frame): object {
  const { replicas, clients } = changesOf(frame);
  return {
    number: frame.number,
    record: frame.record,
    text: eventText(frame.record),
    changes: { ...named('r', replicas), ...named('c', clients) },
    sent: sentBy(frame).map(({ name }) => name),
  };
}

function named(
  letter: string,
  all: readonly (readonly StyledText[])[],
): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    all.flatMap((changes, number) =>
      changes.length === 0 ? [] : [[`${letter}${number}`, changes.map(({ text }) => text)]],
    ),
  );
}
