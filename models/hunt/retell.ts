import fc from 'fast-check';
import type { TrialCommand } from '../commands/choice.ts';
import { Pinned } from '../commands/pinned.ts';
import { commandMaker } from '../schedules/generation.ts';
import { profiles } from '../schedules/profile.ts';
import { randomNumbers } from '../schedules/random.ts';
import type { Schedule } from '../schedules/schedule.ts';
import { stepsOf } from '../trace/steps.ts';
import type { Setup } from '../world/world.ts';
import { type Phase, runCommands, type Subject } from './run.ts';
import { ScheduleArbitrary } from './schedules.ts';
import { type Story, shrinkQuickly, shrinkStory } from './shrink.ts';

/** How short the schedules are among which a shorter story is looked for, and when there were enough of them. */
const short = { steps: 80, batches: 60, schedules: 100, finds: 12 } as const;

/**
 * Leaving events out of a long story seldom leads to the shortest one: it ends where nothing more can go. Many of the
 * short schedules that break a claim of the subject are shorter to begin with, so some are looked for, in groups no
 * larger, of `sizes` or the story's own. Yields the shortest story, the given one included.
 */
export function retell(
  subject: Subject,
  story: Story,
  phase: Phase,
  sizes: readonly number[],
  seed: number,
): Story {
  const usable = [Math.min(story.setup.replicas, ...sizes), story.setup.replicas];
  const setups = usable.map((replicas) => ({ ...story.setup, replicas }));
  let best = story;
  let finds = 0;
  for (let batch = 0; batch < short.batches && finds < short.finds; batch++) {
    const schedule = failingSchedule(subject, setups, phase, seed + batch);
    if (schedule === undefined) continue;
    finds++;
    const { records } = runCommands(subject, schedule.setup, schedule.commands, { record: true });
    const shorter = shrinkQuickly(subject, { setup: schedule.setup, records }, phase);
    if (stepsOf(shorter.records) < stepsOf(best.records)) best = shorter;
  }
  const varied = varyAgain(subject, best, phase, seed);
  if (varied === story) return story;
  const shrunk = shrinkStory(subject, varied, phase, sizes);
  return stepsOf(shrunk.records) < stepsOf(story.records) ? shrunk : story;
}

/** Varies a story as long as that makes it shorter, within limits. */
function varyAgain(subject: Subject, story: Story, phase: Phase, seed: number): Story {
  let best = story;
  for (let round = 0; round < 8; round++) {
    const shorter = vary(subject, best, phase, seed + round);
    if (shorter === best && round > 1) break;
    best = shorter;
  }
  return best;
}

/** How many variations of the best story are tried, and how many random commands may take the place of its end. */
const variations = { tried: 2000, commands: 24 } as const;

/**
 * What makes a story rare mostly happens early in it. So its beginning is kept, but for a few events, and a random end put
 * in the place of its own: among many such variations some are shorter, and the best of them is varied further.
 */
function vary(subject: Subject, story: Story, phase: Phase, seed: number): Story {
  if (phase === 'settling') return story;
  const random = randomNumbers(seed);
  const { setup } = story;
  let best = story;
  for (let tried = 0; tried < variations.tried; tried++) {
    const commands = variationOf(best, random);
    const outcome = runCommands(subject, setup, commands, { record: true, settle: false });
    if (outcome.violation === undefined || outcome.records.length > best.records.length + 4) continue;
    const shorter = shrinkQuickly(subject, { setup, records: outcome.records }, phase);
    if (stepsOf(shorter.records) < stepsOf(best.records)) best = shorter;
  }
  return best;
}

function variationOf({ records }: Story, random: () => number): readonly TrialCommand[] {
  const kept = records.slice(0, random() % records.length).filter(() => random() % 8 !== 0);
  const profile = profiles[random() % profiles.length] ?? profiles[0];
  if (profile === undefined) throw new Error('There is no profile.');
  const make = commandMaker(profile, random());
  const end = Array.from({ length: random() % variations.commands }, () => make(random()));
  return [...kept.map((record) => new Pinned(record, random() % 2 === 0 ? 'oldest' : 'newest')), ...end];
}

function failingSchedule(
  subject: Subject,
  setups: readonly Setup[],
  phase: Phase,
  seed: number,
): Schedule | undefined {
  const arbitrary = new ScheduleArbitrary(subject, { setups, profiles, steps: short.steps });
  const property = fc.property(arbitrary, (schedule) => {
    const options = { settle: phase === 'settling' };
    const outcome = runCommands(subject, schedule.setup, schedule.commands, options);
    return outcome.violation === undefined || outcome.phase !== phase;
  });
  return fc.check(property, { seed, numRuns: short.schedules, endOnFailure: true }).counterexample?.[0];
}
