import { protocol } from '../../spec/protocol/index.ts';
import { proseOf } from '../checking/properties.ts';
import { mutantNamed } from '../mutants/catalogue/index.ts';
import { keptTrace } from '../mutation/traces/keptTraces.ts';
import { course } from './course.ts';
import { type Declaration, protocolDeclarations } from './declarations.ts';
import { anchorTag, block, codeAnchor, headingAnchor, ruleAnchor, table } from './markdown.ts';
import { readers, senders } from './messages.ts';
import { owners, ruleList, rulesOf } from './rules.ts';
import { workedRun } from './run/workedRun.ts';
import { statusChanges, statusMermaid } from './statuses.ts';

/** A template asks for something that there is not. */
export class BadTemplate extends Error {}

const declarations = protocolDeclarations();

/** The chapter that explains each action, each message, and each declaration by its name. */
export type Places = ReadonlyMap<string, string>;

/** The actions, messages and declarations that a template asks for. */
export function explainedIn(template: string): readonly string[] {
  const asked = [...template.matchAll(/^\{\{(?:action|message|code \S+) (.*)\}\}$/gm)];
  return asked.flatMap(([, names = '']) => names.split(' '));
}

/** The text of a chapter: its template, with each directive replaced by a piece of the specification, or by what follows from it. */
export function woven(template: string, places: Places): string {
  return template.replaceAll(/^\{\{(\w+)((?: [^ }]+)*)\}\}$/gm, (_, directive: string, words: string) =>
    pieceOf(directive, words.trim().split(' '), places),
  );
}

function pieceOf(directive: string, words: readonly string[], places: Places): string {
  const [first = '', ...others] = words;
  switch (directive) {
    case 'code':
      return others.map((name) => codeOf(`spec/protocol/${first}`, name)).join('\n\n');
    case 'action':
      return actionText(first);
    case 'message':
      return messageText(first, places);
    case 'statuses':
      return statusText();
    case 'messages':
      return messageTable(places);
    case 'rules':
      return ruleTable(places);
    case 'run':
      return block('text', transcriptNamed(first));
    case 'course':
      return courseText();
    default:
      throw new BadTemplate(`There is no directive ${directive}.`);
  }
}

/** A declaration as prose and code. */
function codeOf(path: string, name: string): string {
  return textOf(declarationOf((one) => one.path === path && one.name === name, `${path} ${name}`));
}

function textOf(declaration: Declaration): string {
  return [declaration.doc, codeBlock(declaration)].filter((part) => part !== '').join('\n\n');
}

function codeBlock({ name = '', code }: Declaration): string {
  return `${anchorTag(codeAnchor(name))}\n\n${block('ts', code)}`;
}

function declarationOf(fits: (declaration: Declaration) => boolean, what: string): Declaration {
  const found = declarations.find(fits);
  if (found === undefined) throw new BadTemplate(`spec/protocol/ has no declaration ${what}.`);
  return found;
}

function actionText(name: string): string {
  const constant = name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
  const action = declarationOf(
    ({ code }) => code.startsWith(`export const ${constant}: Action<`),
    `of the action ${name}`,
  );
  const stepName = /Action<(\w+)>/.exec(action.code)?.[1] ?? '';
  const step = declarationOf((one) => one.path === action.path && one.name === stepName, stepName);
  return [
    `### The action ${name}`,
    `*${sectioned(name).section} · [\`${action.path}\`](/${action.path})*`,
    step.doc,
    action.doc,
    'Its parameters:',
    codeBlock(step),
    'Its rules and its effect:',
    codeBlock(action),
    ruleList(name, () => ''),
  ].join('\n\n');
}

function messageText(type: string, places: Places): string {
  const message = messageDeclaration(type);
  if (type === 'REQUEST') return ['### The message REQUEST', textOf(message)].join('\n\n');
  const own = declarations.find(({ code }) => code.includes(`: Permission<'${type}'>['rules'] =`));
  const sharedCode = (rule: string): string => {
    const quoted = `name: '${rule.split('/').at(-1)}'`;
    if (own?.code.includes(quoted)) return '';
    const { name = '' } = declarationOf(
      ({ code }) => /^(?:export )?const \w+: Rule</.test(code) && code.includes(quoted),
      `of the rule ${rule}`,
    );
    return ` ([\`${name}\`](${placeOf(name, places)}#${codeAnchor(name)}))`;
  };
  return [
    `### The message ${type}`,
    `*${sectioned(type).section} · [\`${message.path}\`](/${message.path}), [\`spec/protocol/actions/permissions.ts\`](/spec/protocol/actions/permissions.ts)*`,
    textOf(message),
    ...(own === undefined ? [] : ['It may be sent while these rules hold:', textOf(own)]),
    ...(own === undefined ? ['It may be sent while these rules hold:'] : []),
    ruleList(type, sharedCode),
  ].join('\n\n');
}

function messageDeclaration(type: string): Declaration {
  return declarationOf(
    ({ path, code }) => path.endsWith('messages.ts') && code.includes(`readonly type: '${type}';`),
    `of the message ${type}`,
  );
}

function sectioned(owner: string): { readonly section: string } {
  const all: Readonly<Record<string, { readonly section: string }>> = {
    ...protocol.actions,
    ...protocol.permissions,
  };
  return all[owner] ?? { section: '' };
}

function statusText(): string {
  const rows = statusChanges.map(({ from, to, action, when }) => [from, to, `\`${action}\``, when]);
  return [block('mermaid', statusMermaid()), table(['from', 'to', 'action', 'when'], rows)].join('\n\n');
}

function messageTable(places: Places): string {
  const rows = Object.entries(senders).map(([type, sender]) => {
    const tuple = /⟨[^⟩]*⟩/.exec(messageDeclaration(type).doc)?.[0] ?? type;
    const when =
      type === 'REQUEST'
        ? 'always'
        : rulesOf(type)
            .map(({ sentence }) => sentence)
            .join(' ');
    const asked: readonly string[] = Object.entries(readers).find(([name]) => name === type)?.[1] ?? [];
    const linked = asked.map((rule) => `[${rule}](${rulePlace(rule, places)})`);
    return [
      type === 'REQUEST'
        ? tuple
        : `[${tuple}](${placeOf(type, places)}#${headingAnchor(`The message ${type}`)})`,
      sender,
      when,
      linked.length === 0 ? 'none' : linked.join(', '),
    ];
  });
  return table(['message', 'sent, in the paper, by', 'true while', 'read by'], rows);
}

function ruleTable(places: Places): string {
  const rows = owners.map((owner) => [
    owner,
    rulesOf(owner)
      .map(({ name }) => `[${name.split('/').at(-1)}](${rulePlace(name, places)})`)
      .join(', ') || 'none',
  ]);
  return table(['action or message', 'rules'], rows);
}

function rulePlace(rule: string, places: Places): string {
  return `${placeOf(rule.split('/')[0] ?? '', places)}#${ruleAnchor(rule)}`;
}

function placeOf(owner: string, places: Places): string {
  const place = places.get(owner);
  if (place === undefined) throw new BadTemplate(`No chapter explains ${owner}.`);
  return `/docs/book/${place}`;
}

function transcriptNamed(name: string): string {
  const run = workedRun();
  switch (name) {
    case 'request':
      return run.request;
    case 'view-change':
      return run.viewChange;
    case 'recovery':
      return run.recovery;
    default:
      throw new BadTemplate(`There is no run ${name}.`);
  }
}

function courseText(): string {
  return course
    .map(({ mutant: name, replicas, idea, predict, answer }, index) => {
      const { rule, section, without } = mutantNamed(name);
      const trace = keptTrace(name);
      const property = trace?.violation.property;
      const breaks =
        property === undefined
          ? ''
          : ` In the shortest known trace \`${property}\` breaks: ${proseOf(property) ?? ''}`;
      return [
        `### ${index + 1}. ${idea}`,
        `**The rule** (${section}): ${rule}`,
        `**Take this out, and predict what breaks.** ${predict}`,
        `**Hunt it:**`,
        block('sh', `npm run hunt -- --mutant ${name} --replicas ${replicas} --seed 1`),
        `<details><summary>What breaks</summary>\n\n${answer}\n\nIn general: ${without}${breaks}\n\n[The page about ${name}](/spec/reasons/${name}.md) shows the trace step by step.\n\n</details>`,
      ].join('\n\n');
    })
    .join('\n\n');
}
