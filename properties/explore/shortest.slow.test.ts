import { shortestRuns } from '../../models/mutants/shortest.ts';
import { mostSteps, tryShortest } from './shortest.ts';

// Longer runs take an exploration of many more states, and show little that the short ones do not.
tryShortest(shortestRuns.filter(({ steps }) => steps > mostSteps));
