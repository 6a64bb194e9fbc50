import { existsSync } from 'node:fs';
import { join, posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writtenBook } from '../../models/book/book.ts';
import { bookFolder, chapters } from '../../models/book/chapters.ts';
import { declarationsIn, protocolDeclarations } from '../../models/book/declarations.ts';
import { ruleAnchor } from '../../models/book/markdown.ts';
import { reasonsOfEffects, reasonsOfRules } from '../../models/book/reasonsOfRules.ts';
import { owners, rulesOf } from '../../models/book/rules.ts';
import { specificationReasons } from '../../models/book/specificationReasons.ts';
import { BadTemplate, woven } from '../../models/book/weave.ts';
import { mutants } from '../../models/mutants/catalogue/index.ts';
import { outdatedPages } from '../../models/mutation/pages/pages.ts';
import { protocol } from '../../spec/protocol/index.ts';
import { root } from '../root.ts';

const book = writtenBook();
const html = book.get('book.html') ?? '';
const text = chapters()
  .filter(({ isTakenIn }) => !isTakenIn)
  .map((chapter) => chapter.text)
  .join('\n');
const ruleNames = owners.flatMap((owner) => rulesOf(owner).map(({ name }) => name));

describe('the book', () => {
  it('is up to date', () => {
    // If this fails, run npm run book.
    expect(outdatedPages(join(root, bookFolder), book)).toEqual([]);
  });

  it('is the same when it is written again', () => {
    expect(writtenBook()).toEqual(book);
  });

  it('shows every declaration of the protocol as it stands in the source', () => {
    const missing = protocolDeclarations().filter(
      ({ name, code, doc }) =>
        name !== undefined &&
        !(text.includes(`\n\`\`\`ts\n${code}\n\`\`\`\n`) && text.includes(doc.slice(1))),
    );
    expect(missing.map(({ path, name }) => `${path}: ${name}`)).toEqual([]);
  });

  it.each([...Object.keys(protocol.actions)])('has a heading for the action %s', (action) => {
    expect(text).toContain(`\n### The action ${action}\n`);
  });

  it.each([...Object.keys(protocol.permissions), 'REQUEST'])('has a heading for the message %s', (type) => {
    expect(text).toContain(`\n### The message ${type}\n`);
  });

  it.each(ruleNames)('lists the rule %s once, and says what happens without it', (name) => {
    const lists = text.split(`- <a id="${ruleAnchor(name)}"></a>**${name.split('/').at(-1)}**: `);
    expect(lists).toHaveLength(2);
    expect(lists[1]?.split('\n')[1]).toMatch(/^ {2}\*Without it:\* /);
  });
});

describe('the reasons of the rules', () => {
  it('name each rule of the protocol, and no other', () => {
    expect(Object.keys(reasonsOfRules).toSorted()).toEqual(ruleNames.toSorted());
    expect(owners).toEqual(expect.arrayContaining(Object.keys(reasonsOfEffects)));
  });

  it('are found in the specification where no mutant lacks the rule', () => {
    const without = ruleNames.filter((name) => reasonsOfRules[name]?.length === 0);
    expect(Object.keys(specificationReasons).toSorted()).toEqual(without.toSorted());
  });

  it('are pages about mutants', () => {
    const names = mutants.map(({ name }) => name);
    const linked = [...Object.values(reasonsOfRules), ...Object.values(reasonsOfEffects)].flat();
    expect(linked.filter((name) => !names.includes(name))).toEqual([]);
  });
});

describe('the whole book in one page', () => {
  const ids = [...html.matchAll(/ id="([^"]*)"/g)].map(([, id = '']) => id);
  const links = [...html.matchAll(/ href="([^"]*)"/g)].map(([, href = '']) => href);

  it('has each anchor once', () => {
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  });

  it('has no link within it that leads nowhere', () => {
    const inside = links.filter((href) => href.startsWith('#')).map((href) => href.slice(1));
    expect(inside.length).toBeGreaterThan(100);
    expect(inside.filter((href) => !ids.includes(href))).toEqual([]);
  });

  it('links to files that are there', () => {
    const files = links
      .filter((href) => !/^(?:#|[a-z]+:)/.test(href))
      .map((href) => href.split('#')[0] ?? '');
    expect(files.length).toBeGreaterThan(50);
    expect(files.filter((file) => !existsSync(join(root, posix.join(bookFolder, file))))).toEqual([]);
  });

  it('loads nothing', () => {
    expect(html).not.toMatch(/<(?:script|link|img|iframe)\b|@import|url\((?!#)/);
  });

  it('shows no directive and no unwoven markdown', () => {
    expect(html.replaceAll(/<(?:code|pre)\b[\s\S]*?<\/(?:code|pre)>/g, '')).not.toMatch(/\{\{|\]\(|\*\*|```/);
  });
});

describe('the twenty questions', () => {
  const questions = chapters().find(({ path }) => path.endsWith('questions.md'))?.text ?? '';

  it('each lead to a place in the book', () => {
    const answers = questions.split(/^\d+\. /m).slice(1);
    expect(answers).toHaveLength(20);
    for (const answer of answers) expect(answer).toMatch(/\]\([a-z-]+\.md#[^)]+\)/);
  });
});

describe('a template', () => {
  const places = new Map<string, string>();

  it.each([
    '{{code state/state.ts Nowhere}}',
    '{{run nowhere}}',
    '{{nothing}}',
    '{{action vote}}',
    '{{rules}}',
  ])('that says %s is rejected', (template) => {
    expect(() => woven(template, places)).toThrow(BadTemplate);
  });
});

describe('a source file', () => {
  it('is split into declarations, with the comment of each as prose', () => {
    const source = [
      "import { a } from './a.ts';",
      '',
      '/** One.\n *\n * Two,\n * three. */',
      'export class B {',
      '  readonly c = 1;',
      '',
      '  /** Inner. */',
      '  d(): void {}',
      '}',
      '',
      'type E = 1;',
      '/** F. */',
      'type F = 2;',
    ].join('\n');
    expect(declarationsIn('x.ts', source).map(({ name, doc, code }) => [name, doc, code.length])).toEqual([
      [undefined, '', 27],
      ['B', 'One.\n\nTwo, three.', 68],
      ['E', '', 11],
      ['F', 'F.', 11],
    ]);
  });
});
