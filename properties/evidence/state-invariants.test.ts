import { tryProperties } from './tryProperties.ts';

tryProperties('state');
