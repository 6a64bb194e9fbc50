import fc from 'fast-check';

const given = process.env.VIEWSTAMPED_SEED;

/** The seed of this test run: `npm test -- --seed N` repeats one. */
export const seed = Number(given ?? 1);

// Every test file loads this one first, so that all that fast-check draws comes from the one seed that was printed.
if (given !== undefined) fc.configureGlobal({ ...fc.readConfigureGlobal(), seed });
