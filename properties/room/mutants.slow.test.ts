import { expect, it } from 'vitest';
import { shellMutants } from '../../models/room/mutants.ts';
import { caught } from './shellMutants.ts';

it.each(shellMutants)(
  'the shell with the mutant $name breaks a property in the room, and the real one does not',
  async (mutant) => expect(await caught(mutant)).toMatchObject({ real: [] }),
  300_000,
);
