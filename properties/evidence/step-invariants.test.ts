import { tryMutants } from './tryProperties.ts';

tryMutants('step');
