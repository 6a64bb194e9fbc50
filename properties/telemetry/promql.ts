import { parser } from '@prometheus-io/lezer-promql';

type Node = ReturnType<typeof parser.parse>['topNode'];

/** The series that an expression selects. */
interface Selector {
  readonly metric: string;
  /** The labels that it compares with a value. */
  readonly equal: Readonly<Record<string, string>>;
}

/** An expression of PromQL, as far as it names metrics and labels. */
export interface Expression {
  readonly selectors: readonly Selector[];
  /** The labels by which it groups or joins. */
  readonly grouping: readonly string[];
  /** The labels of its results: those of the aggregations outside, and of the metrics that are not aggregated. */
  labelsOfResult(labelsOf: (metric: string) => readonly string[]): readonly string[];
}

/** Parses an expression by Prometheus' own grammar. Throws an Error if it is none, or compares a label but by `=`. */
export function parsedExpression(text: string): Expression {
  const { topNode } = parser.parse(text);
  const textOf = ({ from, to }: Node): string => text.slice(from, to);
  const all = nodesIn(topNode);
  const broken = all.find(({ type }) => type.isError);
  if (broken !== undefined) throw new Error(`'${text}' is not PromQL at ${broken.from}.`);
  const labelsIn = (node: Node): readonly string[] =>
    nodesIn(node)
      .filter(({ name }) => name === 'LabelName')
      .map(textOf);
  const metricOf = (selector: Node): string => {
    const identifier = selector.getChild('Identifier');
    if (identifier === null) throw new Error(`'${text}' selects without the name of a metric.`);
    return textOf(identifier);
  };
  const selectorOf = (selector: Node): Selector => {
    const matchers = nodesIn(selector).filter(({ name }) => name === 'UnquotedLabelMatcher');
    const equal = matchers.map((matcher) => {
      const [, label, value] = /^(\w+)\s*=\s*"([^"]*)"$/.exec(textOf(matcher)) ?? [];
      if (label === undefined) throw new Error(`'${text}' compares a label by more than =.`);
      return [label, value ?? ''];
    });
    return { metric: metricOf(selector), equal: Object.fromEntries(equal) };
  };
  return {
    selectors: all.filter(({ name }) => name === 'VectorSelector').map(selectorOf),
    grouping: all.filter(({ name }) => name === 'GroupingLabels').flatMap(labelsIn),
    labelsOfResult: (labelsOf) => {
      const resultOf = (node: Node): readonly string[] => {
        if (node.name === 'VectorSelector') return labelsOf(metricOf(node));
        if (node.name !== 'AggregateExpr') return childrenOf(node).flatMap(resultOf);
        const modifier = node.getChild('AggregateModifier');
        return modifier === null ? [] : labelsIn(modifier);
      };
      return resultOf(topNode);
    },
  };
}

function childrenOf(node: Node): readonly Node[] {
  const children: Node[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) children.push(child);
  return children;
}

function nodesIn(node: Node): readonly Node[] {
  return [node, ...childrenOf(node).flatMap(nodesIn)];
}
