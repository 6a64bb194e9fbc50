import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** A top-level declaration of a source file, or a comment that stands by itself. */
export interface Declaration {
  /** From the project's top folder. */
  readonly path: string;
  /** Undefined for imports, exports of other files, and comments that stand by themselves. */
  readonly name: string | undefined;
  /** The comment before it, as paragraphs. */
  readonly doc: string;
  /** Its text without that comment, as it stands in the file. */
  readonly code: string;
}

const between = /\n\n(?=\/\*|export |import |const |function |class |interface |type )|(?<=;)\n(?=\/\*\*)/;
const named = /^(?:export )?(?:const|function|class|interface|type) (\w+)/;
const comment = /^\/\*\*?([\s\S]*?)\*\/\n*/;

/**
 * The declarations of a source file, in order. The text is split before what begins a declaration in the first column: the
 * formatter indents everything else.
 */
export function declarationsIn(path: string, text: string): readonly Declaration[] {
  const blocks = text.trimEnd().split(between);
  return blocks.map((block) => {
    const found = comment.exec(block);
    const code = found === null ? block : block.slice(found[0].length);
    return { path, name: named.exec(code)?.[1], doc: proseIn(found?.[1] ?? ''), code };
  });
}

/** The words of a comment, without its frame. Lines that follow each other are one paragraph. */
function proseIn(comment: string): string {
  const lines = comment.split('\n').map((line) => line.replace(/^\s*\* ?/, '').trim());
  return lines
    .join('\n')
    .trim()
    .replaceAll(/(?<!\n)\n(?!\n)/g, ' ');
}

/** The declarations of every file of the protocol, in the order of the paths. */
export function protocolDeclarations(): readonly Declaration[] {
  const folder = join(root, 'spec/protocol');
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return names
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => name.endsWith('.ts'))
    .sort()
    .flatMap((name) => declarationsIn(`spec/protocol/${name}`, readFileSync(join(folder, name), 'utf8')));
}
