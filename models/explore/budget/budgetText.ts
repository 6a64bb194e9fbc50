import { type Budget, boundsOf } from './budget.ts';

/** How often each kind of event may happen, such as `1 request, 2 crashes`. Kinds that may not happen are left out. */
export function budgetText(budget: Budget): string {
  return boundsOf(budget)
    .bounds.flatMap(({ kind, most }) => (most > 0 ? [`${most} ${nameOf(kind, most)}`] : []))
    .join(', ');
}

const names: ReadonlyMap<string, string> = new Map([
  ['restart-client', 'client restart'],
  ['end', 'end of a session'],
]);

function nameOf(kind: string, most: number): string {
  const name = names.get(kind) ?? kind;
  if (most === 1) return name;
  return name === 'crash' ? 'crashes' : `${name}s`;
}
