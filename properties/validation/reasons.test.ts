import { expect, test } from 'vitest';
import { type AlarmReason, describeReason, type RejectReason, reasonTexts } from '../../impl/index.ts';

test('every reason without data is described by a text of its own', () => {
  const texts = Object.values(reasonTexts);
  expect(texts.length).toBeGreaterThan(60);
  for (const text of texts) expect(text).toMatch(/^[a-zA-Z].*[^.]$/);
  expect(new Set(texts).size).toBe(texts.length);
  expect(describeReason('view-is-over')).toBe('that view is over');
  expect(describeReason('result-missing')).toBe('result is missing');
});

test.each<[RejectReason | AlarmReason, string]>([
  [{ code: 'not-a-whole-number', field: 'time' }, 'time must be a whole number from 0'],
  [{ code: 'too-low', field: 'session', min: 1 }, 'session must be at least 1'],
  [{ code: 'wrong-length', field: 'nonce', max: 256 }, 'nonce must be a string of 1 to 256 characters'],
  [{ code: 'not-an-object', field: 'digests' }, 'digests must be an object'],
  [{ code: 'not-an-object-or-null', field: 'state' }, 'state must be an object or null'],
  [{ code: 'not-a-list', field: 'paths', max: 4096 }, 'paths must be a list of 1 to 4096'],
  [{ code: 'not-json', field: 'operation', maxDepth: 64 }, 'operation must be JSON, nested at most 64 deep'],
  [
    { code: 'operation-too-long', chars: 9, maxChars: 7 },
    'operation has 9 characters of JSON, and must have at most 7',
  ],
  [{ code: 'operation-invalid', text: 'unknown operation' }, 'unknown operation'],
  [{ code: 'digest-count-wrong', count: 16 }, 'digests must be 16'],
  [{ code: 'way-out-of-range', max: 15 }, 'a way must be a whole number from 0 to 15'],
  [{ code: 'path-invalid', max: 7 }, 'a path must have at most 7 digits from 0 to f'],
  [{ code: 'receiver-is-the-primary', viewNumber: 3 }, 'this replica is itself the primary of view 3'],
  [{ code: 'receiver-is-not-the-primary', viewNumber: 3 }, 'this replica is not the primary of view 3'],
  [{ code: 'never-prepared', opNumber: 7 }, 'entry 7 was never prepared in this view'],
  [{ code: 'never-issued', write: 3 }, 'write 3 was never issued'],
  [
    { code: 'too-many-recovering', recovering: 2, tolerated: 1 },
    '2 replicas have lost their state at once, and the group tolerates 1: acknowledged requests may be lost; ' +
      'start every replica that still has its data',
  ],
  [
    { code: 'checkpoint-not-restorable', opNumber: 6 },
    'the service cannot restore its state from the checkpoint of 6 entries',
  ],
])('%o is described with its data', (reason, text) => {
  expect(describeReason(reason)).toBe(text);
});
