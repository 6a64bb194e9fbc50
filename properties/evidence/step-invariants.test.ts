import { tryProperties } from './tryProperties.ts';

tryProperties('step');
