import { configure, type Json, type Service, Tree } from '../index.ts';
import { LocalGroup } from '../testing/index.ts';

/** The parts of a payment, or undefined if the operation is none. */
function paymentIn(operation: Json): readonly [from: string, to: string, amount: number] | undefined {
  if (!Array.isArray(operation) || operation.length !== 3) return undefined;
  const [from, to, amount]: unknown[] = operation;
  if (typeof from !== 'string' || typeof to !== 'string' || typeof amount !== 'number') return undefined;
  return Number.isSafeInteger(amount) && amount > 0 ? [from, to, amount] : undefined;
}

/** Accounts between which money moves; the mint may owe any amount. The code is the same with and without replicas. */
const bank: Service<Tree> = {
  initial: Tree.empty<Json>(),
  validate: (operation) => (paymentIn(operation) ? undefined : 'write ["ann", "bob", 5]'),
  apply: (accounts, operation) => {
    const [from, to, amount] = paymentIn(operation) ?? ['', '', 0];
    const has = Number(accounts.get(from) ?? 0);
    if (from !== 'mint' && has < amount) return { state: accounts, result: `${from} has only ${has}` };
    const paid = accounts.set(from, has - amount);
    return { state: paid.set(to, Number(paid.get(to) ?? 0) + amount), result: 'done' };
  },
  snapshot: (accounts) => accounts,
  restore: (parts) => parts,
};

const group = new LocalGroup(configure(3, 'durable', bank), 50);
for (const payment of ['mint ann 10', 'ann bob 7', 'ann bob 7', 'bob ann 1']) {
  const [from = '', to = '', amount] = payment.split(' ');
  console.log(payment, '→', await group.request([from, to, Number(amount)]));
  if (to === 'ann') group.crash(0);
}
console.log(JSON.stringify(group.replica(1)?.serviceState));
group.close();
