import { readFileSync } from 'node:fs';
import { Instrumenter } from '@stryker-mutator/instrumenter';
import type { SourceEdit } from '../../models/protocol/mutants/load.ts';
import { root } from '../root.ts';
import type { GeneratedMutant } from './generatedMutants.ts';

/** The specification with one small change of its source. */
export interface SpecificationMutant extends GeneratedMutant {
  readonly edit: SourceEdit;
  readonly source: string;
}

const files = [
  ...['clients', 'crashes', 'damage', 'generations', 'normal', 'permissions', 'viewChange'].map(
    (name) => `actions/${name}`,
  ),
  ...['generations', 'group', 'log', 'state'].map((name) => `state/${name}`),
  'action',
  'index',
].map((name) => `spec/protocol/${name}.ts`);

/** StrykerJS's mutators of comparisons, conditions and numbers. */
const mutators = new Set([
  'ArithmeticOperator',
  'BooleanLiteral',
  'ConditionalExpression',
  'EqualityOperator',
  'LogicalOperator',
  'MethodExpression',
  'UnaryOperator',
]);

/** Every small change of a comparison, a condition, a number or a quorum in the rules, the effects and what they share. */
export async function specificationMutants(): Promise<readonly SpecificationMutant[]> {
  const sources = files.map((name) => ({
    name,
    content: readFileSync(`${root}/${name}`, 'utf8'),
    mutate: true,
  }));
  const instrumenter = new Instrumenter(silent);
  const { mutants } = await instrumenter.instrument(sources, {
    plugins: null,
    excludedMutations: [],
    ignorers: [],
  });
  const generated = mutants
    .filter(({ mutatorName }) => mutators.has(mutatorName))
    .map(({ fileName, mutatorName, replacement, location: { start, end } }) => {
      const source = sources.find(({ name }) => name === fileName)?.content ?? '';
      const edit = {
        file: fileName,
        start: offsetOf(source, start),
        end: offsetOf(source, end),
        replacement,
      };
      return mutantOf(mutatorName, edit, source);
    });
  const quorums = sources.flatMap(({ name, content }) =>
    [...content.matchAll(/group\.(quorum|tolerated)\b/g)].map(({ 0: text, index }) => {
      const edit = { file: name, start: index, end: index + text.length, replacement: `(${text} - 1)` };
      return mutantOf('Quorum', edit, content);
    }),
  );
  const all = new Map([...generated, ...quorums].map((mutant) => [JSON.stringify(mutant.edit), mutant]));
  return [...all.values()];
}

function mutantOf(mutator: string, edit: SourceEdit, source: string): SpecificationMutant {
  const { file, start, end, replacement } = edit;
  const from = source.lastIndexOf('\n', start - 1) + 1;
  const [line = ''] = source.slice(from).split('\n');
  const inOneLine = (text: string) => text.replaceAll(/\s+/g, ' ').trim();
  return {
    file,
    line: line.trim(),
    original: inOneLine(source.slice(start, end)),
    mutator,
    replacement: inOneLine(replacement),
    edit,
    source,
  };
}

/** Lines and columns are counted from 0. */
function offsetOf(
  source: string,
  { line, column }: { readonly line: number; readonly column: number },
): number {
  const before = source.split('\n').slice(0, line);
  return before.reduce((length, text) => length + text.length + 1, column);
}

const no = () => false;
const nothing = () => {};
const silent = {
  isTraceEnabled: no,
  isDebugEnabled: no,
  isInfoEnabled: no,
  isWarnEnabled: no,
  isErrorEnabled: no,
  isFatalEnabled: no,
  trace: nothing,
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  fatal: nothing,
};
