import fc from 'fast-check';

// `npm test -- --seed N` arrives here, so that every property of a run draws from the one seed that was printed.
const text = process.env.VIEWSTAMPED_SEED;
if (text !== undefined) fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(text) });
