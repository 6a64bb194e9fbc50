import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readRoomTrace } from '../../models/room/roomTrace.ts';
import { runRoom } from '../../models/room/runRoom.ts';
import { shellWith } from '../../models/room/shell.ts';
import { shellMutant } from './shellMutants.ts';

const folder = fileURLToPath(new URL('traces/', import.meta.url));
const names = readdirSync(folder);

/** Many times what a run takes on a quiet machine. */
const generous = 300_000;

describe('the traces kept from the machine room', () => {
  it('are more than none', () => expect(names.length).toBeGreaterThanOrEqual(1));

  describe.each(names)('%s', (name) => {
    const { mutant, violation, plan } = readRoomTrace(`${folder}${name}`);

    it(
      'breaks no property of the present shell',
      async () => expect((await runRoom(plan)).violations).toEqual([]),
      generous,
    );

    it(
      'breaks the recorded property with the mutant that undoes the mending',
      async () => {
        const shell = await shellWith(mutant ?? '', shellMutant(mutant ?? '').edits);
        const { violations } = await runRoom(plan, { shell });
        expect(violations.map(({ property }) => property)).toContain(violation.property);
      },
      generous,
    );
  });
});
