import { lineAt, type Source } from './source.ts';

/** A file as the rules about words read it: any text with its path. */
type Text = Pick<Source, 'path' | 'text'>;

/** Words that docs/glossary.md replaces by the field's: no identifier, option or JSON key has one as a part. */
const replaced = [
  ...[
    'ablation',
    'campaign',
    'chronicle',
    'claim',
    'complaint',
    'doomed',
    'drought',
    'harmless',
    'patience',
    'refusal',
  ],
  ...['retell', 'situation', 'story', 'stories', 'surroundings', 'trial', 'vain', 'weather'],
];
const isReplaced = new Set(replaced.flatMap((word) => [word, `${word}s`]));
/** Names of types that were too vague. As parts of other names these words are fine. */
const replacedTypes = new Set(['Asker', 'Host', 'Founding', 'Dialler', 'Caller', 'Surroundings']);

/** Every identifier is made of the glossary's words. */
export function identifiersUseTheGlossary({ path, text, code }: Source): readonly string[] {
  return [...code.matchAll(/[A-Za-z_$][\w$]*/g)].flatMap(({ index, 0: name }) => {
    const word = replacedTypes.has(name) ? name : wordsOf(name).find((one) => isReplaced.has(one));
    return word === undefined
      ? []
      : [`${path}:${lineAt(text, index)} ${name}: the glossary replaces '${word}'.`];
  });
}

/** Every option of a command line and every key of a JSON text is made of the glossary's words. */
export function optionsAndKeysUseTheGlossary({ path, text }: Text): readonly string[] {
  const names = [...text.matchAll(/(?<![\w-])--([a-z][a-z-]*)|"([A-Za-z-]+)"(?=\s*:)/g)];
  return names.flatMap(({ index, 1: option, 2: key }) => {
    const word = wordsOf(option ?? key ?? '').find((one) => isReplaced.has(one));
    return word === undefined ? [] : [`${path}:${lineAt(text, index)} the glossary replaces '${word}'.`];
  });
}

/** Prose names the replica, the client or the reader that it means. */
export function proseNamesItsSubjects({ path, text }: Text): readonly string[] {
  const vague = /who(?:so)?ever|(?:no|some)body/gi;
  return [...text.matchAll(vague)].map(
    ({ index, 0: word }) => `${path}:${lineAt(text, index)} '${word}' does not say who is meant.`,
  );
}

function wordsOf(name: string): readonly string[] {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/);
}
