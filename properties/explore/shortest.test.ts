import { shortestRuns } from '../../models/mutants/shortest.ts';
import { mostSteps, tryShortest } from './shortest.ts';

tryShortest(shortestRuns.filter(({ steps }) => steps <= mostSteps));
