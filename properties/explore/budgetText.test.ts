import { expect, test } from 'vitest';
import { emptyBudget } from '../../models/explore/budget/budget.ts';
import { budgetText } from '../../models/explore/budget/budgetText.ts';

test('a budget is written as the number of events of each kind', () => {
  expect(budgetText({ ...emptyBudget, requests: 1, timeouts: 2, crashes: 2, clientRestarts: 1 })).toBe(
    '1 request, 2 timeouts, 2 crashes, 1 client restart',
  );
  expect(budgetText(emptyBudget)).toBe('');
});
