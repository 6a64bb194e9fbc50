import { protocol } from '../../spec/protocol/index.ts';
import { mutantNamed } from '../mutants/catalogue/index.ts';
import { anchorTag, ruleAnchor } from './markdown.ts';
import { reasonsOfEffects, reasonsOfRules } from './reasonsOfRules.ts';
import { specificationReasons } from './specificationReasons.ts';

/** A rule of the protocol, with the action or message that it belongs to. */
export interface NamedRule {
  /** Such as `order/primary-orders`. */
  readonly name: string;
  readonly sentence: string;
}

/** The rules of an action or of a message, in the order in which they are tried. */
export function rulesOf(owner: string): readonly NamedRule[] {
  const all: Readonly<Record<string, { readonly rules: readonly { name: string; sentence: string }[] }>> = {
    ...protocol.actions,
    ...protocol.permissions,
  };
  const rules = all[owner]?.rules ?? [];
  return rules.map(({ name, sentence }) => ({ name: `${owner}/${name}`, sentence }));
}

/** Every action and every message that has rules, or may have them. */
export const owners = [...Object.keys(protocol.actions), ...Object.keys(protocol.permissions)];

/**
 * The list of the rules of an action or of a message, each with what happens without it. `sharedCode` leads to the code of a rule
 * that is declared by itself.
 */
export function ruleList(owner: string, sharedCode: (rule: string) => string): string {
  const rules = rulesOf(owner).map(({ name, sentence }) => {
    const short = name.split('/').at(-1) ?? name;
    return `- ${anchorTag(ruleAnchor(name))}**${short}**: ${sentence}${sharedCode(name)}\n  ${withoutRule(name)}`;
  });
  const effects = (reasonsOfEffects[owner] ?? []).map(
    (mutant) => `- **effect**: ${mutantNamed(mutant).rule}\n  *Without it:* ${reason(mutant)}`,
  );
  const list = [...rules, ...effects].join('\n');
  return rules.length > 0 ? list : `It has no rules: it may happen at any moment.\n\n${list}`.trim();
}

function withoutRule(name: string): string {
  const [first, ...others] = reasonsOfRules[name] ?? [];
  const also = others.length === 0 ? '' : ` See also ${others.map(linkTo).join(', ')}.`;
  return `*Without it:* ${first === undefined ? inSpecification(name) : `${reason(first)}${also}`}`;
}

/** What happens to the specification without a rule that no mutant of the implementation lacks. */
function inSpecification(name: string): string {
  const found = specificationReasons[name];
  if (found === undefined) return 'No mutant of the implementation lacks this rule.';
  const { without, property, mode, bounds } = found;
  const how =
    bounds === undefined
      ? '[A run of the specification without it](/models/protocol/mutants/scripts.ts), written by hand'
      : '[Exploring the specification without it](/properties/book/specificationReasons.slow.test.ts)';
  return `${without} (No mutant of the implementation lacks this rule. ${how}, in ${mode} mode, breaks \`${property}\`.)`;
}

function reason(mutant: string): string {
  return `${mutantNamed(mutant).without} (${linkTo(mutant)})`;
}

function linkTo(mutant: string): string {
  return `[${mutant}](/spec/reasons/${mutant}.md)`;
}
