import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  awaitsPeer,
  hangs,
  PATIENCE_MS,
  type SessionNews,
} from '../../../../src/protocol/lines/health/session-silence.js';

const QUIET: SessionNews = {
  ...{
    unacked: 0,
    notSent: 0,
    retransmits: 0,
    probes: 0,
    backoff: 0,
    rto_ms: 200,
    sent_ms: 3_600_000,
    heard_ms: 3_600_000,
  },
};

/** A session with one segment that was sent `waited_ms` ago to a peer that is silent since then, as the kernel would tell of it. */
function silent(first_ms: number, waited_ms: number, heard_ms = waited_ms): SessionNews {
  let backoff = 0;
  while (first_ms * (2 ** (backoff + 1) - 1) <= waited_ms) backoff += 1;
  const sent_ms = waited_ms - first_ms * (2 ** backoff - 1);
  return { ...QUIET, unacked: 1, retransmits: backoff, backoff, rto_ms: first_ms * 2 ** backoff, sent_ms, heard_ms };
}

/** When it hangs, by what the kernel tells alone, in ms after the segment was sent. */
function hangsAfter(first_ms: number): number {
  let at = 0;
  while (!hangs(silent(first_ms, at, 3_600_000), 0, false)) at += 10;
  return at;
}

test('a quiet session does not hang, whatever it waited for before, and neither does one that is probed by keepalive', () => {
  assert.equal(hangs(QUIET, 3_600_000, false), false);
  assert.equal(hangs(QUIET, 3_600_000, true), false);
  assert.equal(hangs({ ...QUIET, probes: 8, backoff: 0 }, 3_600_000, false), false);
});

test('a segment that was just sent after an hour of silence does not hang', () => {
  assert.equal(awaitsPeer({ ...QUIET, unacked: 1 }), true);
  assert.equal(hangs({ ...QUIET, unacked: 1 }, 0, false), false);
  assert.equal(hangs(silent(200, 1400, 3_600_000), 0, false), false);
});

test('a session hangs once a try after the patience had no answer, and later on a slow path', () => {
  // Tries after 0.2, 0.6, 1.4, 3 and 6.2 s; the answer may take 0.8 s.
  assert.equal(hangsAfter(200), 7000);
  assert.equal(hangsAfter(1000), 11_000);
  assert.equal(hangsAfter(3000), 33_000);
});

test('a line that comes back within the patience is found by a try first, however long the time-out', () => {
  for (let first_ms = 200; first_ms < 5000; first_ms += 50) {
    const at = hangsAfter(first_ms);
    const { sent_ms } = silent(first_ms, at);
    assert.ok(at - sent_ms >= PATIENCE_MS, `${first_ms}`);
    assert.ok(sent_ms >= 4 * first_ms, `${first_ms}`);
  }
});

test('where time-outs do not double, the tries are judged by how long the session was seen to wait', () => {
  const news = { ...QUIET, unacked: 1, retransmits: 6, rto_ms: 1000, heard_ms: 60_000 };
  assert.equal(hangs({ ...news, sent_ms: 4000 }, PATIENCE_MS + 3999, false), false);
  assert.equal(hangs({ ...news, sent_ms: 4000 }, PATIENCE_MS + 4000, false), true);
  assert.equal(hangs({ ...news, sent_ms: 3999 }, 60_000, false), false);
});

test('without a link nothing is sent, and no try is needed', () => {
  const news = { ...QUIET, unacked: 3, heard_ms: PATIENCE_MS };
  assert.equal(hangs(news, PATIENCE_MS, false), false);
  assert.equal(hangs(news, PATIENCE_MS, true), true);
  assert.equal(hangs(news, PATIENCE_MS - 1, true), false);
});

test('probes of a window that the peer had closed count when none is answered', () => {
  const news = { ...QUIET, notSent: 10_000, probes: 5, backoff: 5, heard_ms: 60_000 };
  assert.equal(hangs(news, 6999, false), false);
  assert.equal(hangs(news, 7000, false), true);
  assert.equal(hangs({ ...news, heard_ms: 100 }, 60_000, false), false);
  assert.equal(hangs({ ...news, probes: 0, backoff: 0 }, 60_000, false), false);
});

test('nothing hangs of which anything was heard within the patience', () => {
  const word = fc.integer({ min: 0, max: 100 });
  const news = fc.record({
    ...{ unacked: word, notSent: word, retransmits: word, probes: word },
    ...{ backoff: fc.integer({ min: 0, max: 12 }), rto_ms: fc.integer({ min: 1, max: 120_000 }), sent_ms: word },
    heard_ms: fc.integer({ min: 0, max: PATIENCE_MS - 1 }),
  });
  fc.assert(
    fc.property(news, word, fc.boolean(), (told, awaited, isLinkDown) => {
      assert.equal(hangs(told, awaited * 1000, isLinkDown), false);
    }),
  );
});
