import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type AttemptRecord, hasFailed, type Why, whyWon } from '../../../src/protocol/race/record.js';

function attempt(changes: Partial<AttemptRecord>): AttemptRecord {
  return {
    line: 'line',
    address: '192.0.2.1',
    remembered: false,
    started_ms: 0,
    connected_ms: undefined,
    asked_ms: undefined,
    answered_ms: undefined,
    ended_ms: undefined,
    result: 'connected',
    ...changes,
  };
}

const won = { connected_ms: 10 } as const;
const answered = { connected_ms: 10, asked_ms: 11, answered_ms: 20 } as const;
const given = { result: 'abandoned', ended_ms: 10 } as const;
const refused = { result: 'refused', ended_ms: 5 } as const;

/** The winner comes first. */
const CASES: readonly (readonly [string, Why, readonly Partial<AttemptRecord>[]])[] = [
  ['alone', 'only-attempt', [won]],
  ['alone by memory', 'remembered', [{ ...won, remembered: true }]],
  ['alone by memory, and answered', 'remembered', [{ ...answered, remembered: true }]],
  ['by memory, but others had to begin', 'connected-first', [{ ...won, remembered: true }, given]],
  ['before one that was under way', 'connected-first', [won, given]],
  ['at the same time as another', 'connected-first', [won, { ...given, connected_ms: 10 }]],
  ['one under way, one failed', 'connected-first', [won, given, refused]],
  ['one failed only later', 'connected-first', [won, { ...refused, ended_ms: 11 }]],
  ['all others failed before', 'others-failed', [won, refused, { result: 'timed-out', ended_ms: 10 }]],
  ['asked alone', 'connected-first', [answered, { ...given, connected_ms: 12 }]],
  ['the other was asked, too', 'answered-first', [answered, { ...given, connected_ms: 5, asked_ms: 6 }]],
  [
    'the other was asked and is silent',
    'answered-first',
    [answered, { result: 'silent', connected_ms: 5, asked_ms: 6, ended_ms: 9 }],
  ],
  ['another was connected before, and not used', 'others-answer-early', [won, { ...given, connected_ms: 5 }]],
  ['another was connected before, and left', 'others-left', [won, { result: 'left', connected_ms: 5, ended_ms: 20 }]],
  [
    'it left, too',
    'none-stayed',
    [
      { ...won, result: 'left' },
      { result: 'left', connected_ms: 5, ended_ms: 20 },
    ],
  ],
  ['nobody answered', 'none-answered', [{ ...won, asked_ms: 11, result: 'silent' }, refused]],
  ['what answered is no TLS', 'none-answered', [{ ...won, asked_ms: 11, result: 'not-tls' }]],
];

for (const [what, why, attempts] of CASES) {
  test(`why the winner won: ${what}`, () => assert.equal(whyWon(attempts.map(attempt), 0), why));
}

test('one that was given up has not failed', () => {
  const results = ['connected', 'answered', 'abandoned', 'late', undefined, 'refused', 'silent', 'not-tls'] as const;
  const failed = results.filter((result) => hasFailed(attempt({ result })));
  assert.deepEqual(failed, ['refused', 'silent', 'not-tls']);
});

test('what has won beside a trial was remembered, and one before which dearer lines had to wait was cheaper', () => {
  const [lead, trial] = [
    { ...won, remembered: true },
    { ...won, connected_ms: 5, trial: true as const },
  ].map(attempt);
  assert.equal(whyWon([lead, trial] as AttemptRecord[], 0), 'remembered');
  assert.equal(whyWon([attempt(won)], 0, 'cheaper'), 'cheaper');
  assert.equal(whyWon([attempt(won), attempt(given)], 0, 'cheaper'), 'cheaper');
  assert.equal(whyWon([attempt(won), attempt(refused)], 0, 'cheaper'), 'others-failed');
  assert.equal(whyWon([attempt(won)], 0, 'hinted'), 'hinted');
});
