import { tryLargerGroups } from './tryProperties.ts';

tryLargerGroups('guarantee');
