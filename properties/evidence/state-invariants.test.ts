import { tryMutants } from './tryProperties.ts';

tryMutants('state');
