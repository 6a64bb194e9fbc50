import { tryImplementation } from './tryProperties.ts';

tryImplementation(5);
