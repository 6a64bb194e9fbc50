import { type Budget, boundsOf } from './budget.ts';

/** How often each kind of event may happen, such as `1 request, 2 crashes`. Kinds that may not happen are left out. */
export function budgetText(budget: Budget): string {
  return boundsOf(budget)
    .bounds.flatMap(({ kind, most }) => (most > 0 ? [`${most} ${nameOf(kind, most)}`] : []))
    .join(', ');
}

function nameOf(kind: string, most: number): string {
  const name = kind === 'restart-client' ? 'client restart' : kind;
  if (most === 1) return name;
  return name === 'crash' ? 'crashes' : `${name}s`;
}
