// Prints this many free ports.
import { freePorts } from '../models/processes/tcp/freePorts.ts';

console.log((await freePorts(Number(process.argv[2]))).join(' '));
