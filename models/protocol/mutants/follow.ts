import type { Service } from '../../../spec/promise/index.ts';
import {
  broken,
  type Group,
  groupOf,
  type Log,
  type Protocol,
  type Step,
} from '../../../spec/protocol/index.ts';
import { Checker, type Demands } from '../checker.ts';

/** Steps that are written by hand, of three replicas. */
export interface Script {
  readonly name: string;
  readonly mode: Group['mode'];
  readonly clients: number;
  /** The rule that refuses one of the steps, such as `accept/log-grows`. */
  readonly refusedBy?: string;
  /** The steps. All logs grow from the empty one. */
  steps(empty: Log): readonly Step[];
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
  { mode, clients, steps }: Script,
  demands: Demands = {},
): Followed {
  const checker = new Checker(rules, service, demands);
  let at = checker.beginning(groupOf(3, mode), clients);
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
