/** The name of an anchor of a rule, such as `order/primary-orders`. */
export function ruleAnchor(rule: string): string {
  return `rule-${rule.toLowerCase().replace('/', '-')}`;
}

/** The name of an anchor of a declaration. */
export function codeAnchor(name: string): string {
  return `code-${name}`;
}

/** The anchor that GitHub gives to a heading. */
export function headingAnchor(heading: string): string {
  const words = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
  return words.replaceAll(/[^\p{L}\p{N}\s_-]/gu, '').replaceAll(' ', '-');
}

/** A place to which links lead, without a heading. */
export function anchorTag(anchor: string): string {
  return `<a id="${anchor}"></a>`;
}

/** A block of code. */
export function block(language: string, code: string): string {
  return `\`\`\`${language}\n${code}\n\`\`\``;
}

/** A table. A cell's bars are no borders. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), `|${head.map(() => '---|').join('')}`, ...rows.map(line)].join('\n');
}
