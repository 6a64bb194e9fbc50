import type { Tally } from '../checking/coverage/tally.ts';
import type { FaultProfile } from '../runs/schedules/faultProfile.ts';
import type { Setup } from '../world/world.ts';
import { type Beginning, Beginnings, type Combination } from './beginnings.ts';
import { type Configuring, type DrawBelow, dimensions, drawConfiguring } from './configurations.ts';
import { Rewards, Shares } from './shares.ts';

/** What is drawn for a schedule before its commands. */
export interface Draw {
  readonly combination: Combination;
  readonly configuring: Configuring;
  /** The schedule begins like this, in this group. */
  readonly beginning: Beginning | undefined;
}

/** The part of a scope from which draws are made. */
interface Space {
  readonly setups: readonly Setup[];
  readonly varied?: boolean;
  readonly faultProfiles: readonly FaultProfile[];
}

/**
 * How often each combination of group and fault profile, and each value of each dimension of the configuration, is drawn. Each
 * has shares of its own: a value is drawn more often if it paid off, whatever it was combined with.
 */
export class DrawShares {
  private readonly combinations: readonly Combination[];
  private readonly shares: Shares;
  /** By dimension. */
  private readonly values: readonly Shares[];
  private readonly rewards = new Rewards();
  readonly beginnings = new Beginnings();
  private readonly varied: boolean;

  constructor({ setups, varied = false, faultProfiles }: Space) {
    const groups = [...new Set(setups)];
    this.varied = varied;
    this.combinations = groups.flatMap((setup) =>
      faultProfiles.map((faultProfile) => ({ setup, faultProfile })),
    );
    const weightOf = (group: Setup) => setups.filter((setup) => setup === group).length;
    this.shares = new Shares(this.combinations.map(({ setup }) => weightOf(setup)));
    this.values = dimensions.map(({ options }) => new Shares(options.map(({ weight }) => weight)));
  }

  /** A function that draws by the present shares. */
  sampler(): (below: DrawBelow) => Draw {
    const combination = this.shares.sampler();
    const values = this.values.map((shares, dimension) =>
      dimensions[dimension]?.learns ? shares.sampler() : shares.plainSampler(),
    );
    const beginnings = this.beginnings.sampler();
    return (below) => {
      const drawn = this.combinations[combination(below)] ?? fails();
      const configuring = this.varied
        ? drawConfiguring(below, (dimension) => values[dimension]?.(below) ?? 0)
        : 'as-it-is';
      const beginning = beginnings(below);
      if (beginning === undefined) return { combination: drawn, configuring, beginning };
      // Half of them go on with the faults that led there.
      const { setup, faultProfile } = beginning.combination;
      const faults = below(2) === 0 ? faultProfile : drawn.faultProfile;
      return { combination: { setup, faultProfile: faults }, configuring, beginning };
    };
  }

  /** Rewards a draw for a run that reached these coverage marks in this many events. */
  reward({ combination, configuring, beginning }: Draw, tally: Tally, events: number): void {
    const reward = this.rewards.of(tally);
    // What a beginning has reached says nothing about a draw.
    if (beginning !== undefined) return;
    this.shares.add(this.combinations.indexOf(combination), reward, events);
    if (typeof configuring === 'string') return;
    configuring.forEach((option, dimension) => {
      this.values[dimension]?.add(option, reward, events);
    });
  }
}

function fails(): never {
  throw new RangeError('There is nothing to choose from.');
}
