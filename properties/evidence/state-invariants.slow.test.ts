import { tryLargerGroups } from './tryProperties.ts';

tryLargerGroups('state');
