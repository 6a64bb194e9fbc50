import { tryCorruptions } from './tryCorruptions.ts';

tryCorruptions(500);
