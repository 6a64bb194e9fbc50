import type { Service } from '../../../spec/promise/index.ts';
import {
  broken,
  type Group,
  groupOf,
  type Log,
  type Protocol,
  type Request,
  type Step,
} from '../../../spec/protocol/index.ts';
import { Checker, type Demands } from '../checker.ts';

/** Steps that are written by hand. All are legal, if no rule refuses one. */
export interface Script {
  /** What happens, in a sentence. */
  readonly name: string;
  /** What it shows, in a sentence. */
  readonly shows: string;
  readonly mode: Group['mode'];
  /** How many replicas there are: three by default. */
  readonly size?: number;
  /** How many clients there are, which need no registration: c0, c1, … */
  readonly clients: number;
  /** The most clients that are registered at a time, if they must be. */
  readonly sessions?: number;
  /** What other clients have sent before the first step. */
  readonly requests?: readonly Request[];
  /** The steps. All logs grow from the empty one. */
  steps(empty: Log): readonly Step[];
}

/** A script that is not legal. */
export interface RefusedScript extends Script {
  /** The rule that refuses one of the steps, such as `accept/log-grows`. Without it a property breaks. */
  readonly refusedBy: string;
}

/** What came of a script: the first property that broke, or the first rule that refused a step. */
export interface Followed {
  readonly property?: string;
  readonly rule?: string;
}

/** Takes the steps of a script, and checks what is demanded after each. */
export function follow(
  rules: Protocol,
  service: Service,
  { mode, size = 3, clients, sessions, requests, steps }: Script,
  demands: Demands = {},
): Followed {
  const checker = new Checker(rules, service, demands);
  let at = checker.beginning(groupOf(size, mode, sessions), clients, requests);
  for (const step of steps(at.state.empty)) {
    const rule = broken(rules, at.state, step);
    if (rule !== undefined)
      return { rule: `${step.action === 'send' ? step.message.type : step.action}/${rule.rule}` };
    const after = checker.after(at, step);
    const { property } = 'state' in after ? (checker.brokenInvariant(after) ?? {}) : after;
    if (property !== undefined) return { property };
    if ('state' in after) at = after;
  }
  return {};
}
