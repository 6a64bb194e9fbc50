import { setFlagsFromString } from 'node:v8';

// Each schedule has another configuration, so that much of what is inlined is soon compiled again: as `npm run hunt` does.
setFlagsFromString('--max-inlined-bytecode-size-cumulative=400');
