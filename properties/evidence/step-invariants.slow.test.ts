import { tryLargerGroups } from './tryProperties.ts';

tryLargerGroups('step');
