import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../root.ts';

/** The folders that hold source files. */
export const topFolders = ['spec', 'impl', 'models', 'properties'] as const;

/**
 * A source file as the rules see it. `code` is the text with its comments and the insides of its literals
 * blanked out, and `comments` the text with all else blanked out; both keep every character in its place.
 */
export type Source = {
  readonly path: string;
  readonly text: string;
  readonly code: string;
  readonly comments: string;
};

/** All TypeScript files of a folder, in the order of their paths from the project's top folder. */
export function sourcesOf(folder: string): readonly Source[] {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.[cm]?tsx?$/.test(name))
    .map((name) => `${folder}/${name.replaceAll('\\', '/')}`)
    .sort()
    .map((path) => source(path, readFileSync(join(root, path), 'utf8')));
}

/** Takes a file's text apart. */
export function source(path: string, text: string): Source {
  let code = '';
  let comments = '';
  for (const { kind, text: piece } of piecesOf(text)) {
    code += kind === 'code' ? piece : blank(piece);
    comments += kind === 'comment' ? piece : blank(piece);
  }
  return { path, text, code, comments };
}

/** The number of the line, counted from one, that a place in a text lies on. */
export function lineAt(text: string, index: number): number {
  return text.slice(0, index).split('\n').length;
}

type Piece = { readonly kind: 'code' | 'comment' | 'literal'; readonly text: string };

const comment = /\/\*[\s\S]*?\*\/|\/\/[^\n]*/y;
const quoted = /'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"/y;
// A slash begins a regular expression only where no value can have ended just before it.
const pattern =
  /(?<=(?:[(,=:[!&|?{};>]|\breturn)\s*)\/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/\w*/y;
// A stretch of a template runs to its end or to the next `${`, whose code is read as code.
const templateStretch = /(?:\\[\s\S]|[^`\\$]|\$(?!\{))*(?:`|\$\{)/y;

function* piecesOf(text: string): Generator<Piece> {
  // For each template that we are inside of, how many braces are open in its present `${…}`.
  const openBraces: number[] = [];
  for (let at = 0; at < text.length; ) {
    const character = text.charAt(at);
    const inner = openBraces.at(-1);
    let piece: Piece = { kind: 'code', text: character };
    const literal = matchAt(quoted, text, at) ?? matchAt(pattern, text, at);
    const remark = matchAt(comment, text, at);
    if (remark !== undefined) piece = { kind: 'comment', text: remark };
    else if (literal !== undefined) piece = { kind: 'literal', text: literal };
    else if (character === '`' || (character === '}' && inner === 0)) {
      if (character === '}') openBraces.pop();
      const stretch = matchAt(templateStretch, text, at + 1) ?? text.slice(at + 1);
      if (stretch.endsWith('${')) openBraces.push(0);
      piece = { kind: 'literal', text: character + stretch };
    } else if (inner !== undefined && '{}'.includes(character)) {
      openBraces[openBraces.length - 1] = inner + (character === '{' ? 1 : -1);
    }
    yield piece;
    at += piece.text.length;
  }
}

function matchAt(expression: RegExp, text: string, at: number): string | undefined {
  expression.lastIndex = at;
  return expression.exec(text)?.[0];
}

function blank(text: string): string {
  // The quotes stay, so that a blanked literal still looks like a value to the rules.
  return text.replaceAll(/[^\n'"`]/g, ' ');
}
