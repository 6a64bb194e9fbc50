import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../root.ts';
import { pages } from './documentation.ts';
import { source, sourcesOf, topFolders } from './source.ts';
import { identifiersUseTheGlossary, optionsAndKeysUseTheGlossary, proseNamesItsSubjects } from './words.ts';

const sources = topFolders.flatMap(sourcesOf);
const jsonFiles = topFolders.flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.json'))
    .map((name) => `${folder}/${name.replaceAll('\\', '/')}`)
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') })),
);
const isAboutWords = ({ path }: { readonly path: string }): boolean =>
  path.startsWith('properties/conventions/words');

describe('every identifier', () => {
  it('is made of the words of the glossary', () => {
    expect(sources.flatMap(identifiersUseTheGlossary)).toEqual([]);
  });

  it.each(['const claim = 1;', 'listOfClaims()', 'x.brokenClaim', 'class Host {}', 'type Trial = 1;'])(
    'is rejected in %s',
    (text) => {
      expect(identifiersUseTheGlossary(source('impl/a.ts', text))).toHaveLength(1);
    },
  );

  it.each(['const history = 1;', "'a claim'", '// a claim', 'const host = 1;', 'exclaim()'])(
    'is accepted in %s',
    (text) => {
      expect(identifiersUseTheGlossary(source('impl/a.ts', text))).toEqual([]);
    },
  );
});

describe('every option and JSON key', () => {
  it('is made of the words of the glossary', () => {
    const texts = [...sources, ...jsonFiles, ...pages()].filter((text) => !isAboutWords(text));
    expect(texts.flatMap(optionsAndKeysUseTheGlossary)).toEqual([]);
  });

  it.each(['npm run hunt -- --claims all', '{ "claim" : 1 }', '{"retell":{}}'])(
    'is rejected in %s',
    (text) => {
      expect(optionsAndKeysUseTheGlossary({ path: 'docs/a.md', text })).toHaveLength(1);
    },
  );

  it.each(['npm run hunt -- --properties all', '{ "property": "claim" }', 'x--claims'])(
    'is accepted in %s',
    (text) => {
      expect(optionsAndKeysUseTheGlossary({ path: 'docs/a.md', text })).toEqual([]);
    },
  );
});

describe('prose', () => {
  it('names the replica, the client or the reader that it means', () => {
    expect([...sources, ...pages()].flatMap(proseNamesItsSubjects)).toEqual([]);
  });

  // In two parts, so that this file holds none of them.
  it.each([
    ['who', 'ever'],
    ['No', 'body'],
    ['some', 'body'],
  ])('is rejected with %s%s', (...parts) => {
    expect(proseNamesItsSubjects({ path: 'docs/a.md', text: `It asks ${parts.join('')}.` })).toHaveLength(1);
  });
});
