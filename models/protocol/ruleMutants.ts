import type { ActionName, Protocol, SentType } from '../../spec/protocol/index.ts';

/** The protocol without one of its rules. */
export interface RuleMutant {
  /** The action or the type of message, and the rule. */
  readonly name: string;
  readonly rules: Protocol;
}

/** The protocol without each of its rules in turn. */
export function ruleMutantsOf(protocol: Protocol): readonly RuleMutant[] {
  const { actions, permissions } = protocol;
  return [
    ...namesIn(actions).flatMap((name) =>
      actions[name].rules.map(({ name: rule }) => ({
        name: `${name}/${rule}`,
        rules: { ...protocol, actions: { ...actions, [name]: without(actions[name], rule) } },
      })),
    ),
    ...namesIn(permissions).flatMap((name) =>
      permissions[name].rules.map(({ name: rule }) => ({
        name: `${name}/${rule}`,
        rules: { ...protocol, permissions: { ...permissions, [name]: without(permissions[name], rule) } },
      })),
    ),
  ];
}

function namesIn(all: Protocol['actions']): readonly ActionName[];
function namesIn(all: Protocol['permissions']): readonly SentType[];
function namesIn(all: object): readonly string[] {
  return Object.keys(all);
}

function without<Ruled extends { readonly rules: readonly { readonly name: string }[] }>(
  ruled: Ruled,
  rule: string,
): Ruled {
  return { ...ruled, rules: ruled.rules.filter(({ name }) => name !== rule) };
}
