/** One line of a metric. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Parses Prometheus' text format strictly. Throws an Error if the text violates it. */
export function parsed(text: string): readonly Sample[] {
  if (!text.endsWith('\n')) throw new Error('The last line does not end.');
  const types = new Map<string, string>();
  const helped = new Set<string>();
  return text
    .slice(0, -1)
    .split('\n')
    .flatMap((line) => {
      const [, keyword, about, rest] = /^# (HELP|TYPE) ([a-zA-Z_:][\w:]*) (.+)$/.exec(line) ?? [];
      if (keyword === 'HELP' && about !== undefined) {
        if (helped.has(about)) throw new Error(`${about} has two HELP lines.`);
        helped.add(about);
        return [];
      }
      if (keyword === 'TYPE' && about !== undefined && rest !== undefined) {
        if (types.has(about)) throw new Error(`${about} has two TYPE lines.`);
        types.set(about, rest);
        return [];
      }
      const sample = sampleIn(line);
      const family = sample.name.replace(/_(?:bucket|sum|count)$/, '');
      const isHistogram = types.get(family) === 'histogram' && family !== sample.name;
      if (!isHistogram && !['counter', 'gauge'].includes(types.get(sample.name) ?? ''))
        throw new Error(`'${line}' is of no TYPE.`);
      return [sample];
    });
}

function sampleIn(line: string): Sample {
  const [whole, name = '', inside = ''] =
    /^([a-zA-Z_:][\w:]*)\{((?:[^"}]|"(?:[^"\\]|\\.)*")*)\} /.exec(line) ?? [];
  const value = Number(line.slice(whole?.length ?? 0));
  if (whole === undefined || Number.isNaN(value)) throw new Error(`'${line}' is no sample.`);
  const labels: Record<string, string> = {};
  const label = /([a-zA-Z_]\w*)="((?:[^"\\\n]|\\[\\"n])*)"(?:,|$)/y;
  for (let match = label.exec(inside); match !== null; match = label.exec(inside)) {
    const [, key = '', escaped = ''] = match;
    labels[key] = escaped.replaceAll(/\\([\\"n])/g, (_, one: string) => (one === 'n' ? '\n' : one));
    if (label.lastIndex === inside.length) return { name, labels, value };
  }
  throw new Error(`'${inside}' are no labels.`);
}
