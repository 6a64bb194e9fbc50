import { readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { ablationNamed } from '../../models/ablations/catalogue/index.ts';
import { loadImplementation } from '../../models/ablations/load.ts';
import { readCounterexample } from '../../models/trace/counterexample.ts';
import { verdictOf } from '../../models/trace/outcome.ts';
import { replay } from '../../models/trace/replay.ts';
import { settling } from '../../models/trace/settling.ts';
import { realImplementation } from '../../models/world/implementation.ts';

const folder = fileURLToPath(new URL('traces/', import.meta.url));
const names = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .sort();

describe('kept traces', () => {
  it('exist', () => {
    expect(names.length).toBeGreaterThanOrEqual(1);
  });

  describe.each(names)('%s', (name) => {
    const kept = readCounterexample(`${folder}${name}`);

    it('is reproduced by what it was recorded on', async () => {
      const ablation = kept.ablation === null ? undefined : ablationNamed(kept.ablation);
      const replayed = replay(await loadImplementation(ablation), kept, settling);
      expect(verdictOf(replayed)).toMatch(/^Reproduced/);
      expect(replayed.outcome).toMatchObject({
        kind: 'reproduced',
        violation: { seen: kept.violation.seen },
      });
    });

    it('breaks nothing in the implementation as it stands', () => {
      const { outcome } = replay(realImplementation, kept, settling);
      expect(['diverged', 'no-violation']).toContain(outcome.kind);
    });

    it('is called by what it breaks', () => {
      expect(basename(name)).toMatch(new RegExp(`^${kept.ablation ?? 'impl'}-${kept.violation.claim}-`));
    });
  });
});
