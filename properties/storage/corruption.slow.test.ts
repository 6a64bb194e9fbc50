import { tryCorruptions } from './tryCorruptions.ts';

tryCorruptions(2000);
