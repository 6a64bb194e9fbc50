import { expect, it } from 'vitest';
import { shellMutants } from '../../models/room/mutants/index.ts';
import { caught } from './shellMutants.ts';

it.each(shellMutants)(
  'the shell with the mutant $name breaks a property in the room, and the real one does not',
  async (mutant) => expect(mutant.breaks).toContain(await caught(mutant)),
  1_200_000,
);
