import type { LocatedViolation, Replayed, ReplayOutcome } from '../replay.ts';

/** A sentence that says whether the recorded violation appeared where it was recorded. */
export function verdictOf({ counterexample, outcome }: Replayed): string {
  const { violation, events } = counterexample;
  const wanted = `${violation.property}, recorded ${whenText(violation)},`;
  switch (outcome.kind) {
    case 'reproduced':
      return `Reproduced: ${violation.property} is broken ${whenText(outcome)}, as recorded.`;
    case 'moved':
      return `Moved: ${wanted} is broken ${whenText(outcome)} instead.`;
    case 'diverged':
      return `Diverged at event ${outcome.event} of ${events.length}: ${outcome.reason}.`;
    case 'other-violation':
      return `Not reproduced: ${wanted} holds, but ${outcome.violation.property} is broken ${whenText(outcome)}.`;
    case 'no-violation':
      return `Not reproduced: all events happened, and ${violation.property} holds. It may be fixed.`;
  }
}

/** The violation of the outcome, if it has one. */
export function violationOf(outcome: ReplayOutcome): LocatedViolation | undefined {
  return 'violation' in outcome ? outcome : undefined;
}

/** When a property was broken, as text. */
export function whenText({ event, phase }: Pick<LocatedViolation, 'event' | 'phase'>): string {
  return phase === 'events' ? `at event ${event}` : `after event ${event}, once the group had settled`;
}
