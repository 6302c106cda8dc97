// What a race of QUIC tells of its lines.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { outcomeOf } from '../../../../src/protocol/quic/race/outcome.js';
import { QuicRace } from '../../../../src/protocol/quic/race/race.js';

test('a line that is silent was beaten first, is late then, and silent if it had the flight more than once', () => {
  const race = new QuicRace(2, 0);
  race.offer({ line: 0, late_ms: 100, opening_ms: 0 });
  race.offer({ line: 1, late_ms: 100, opening_ms: 0 });
  race.allOffered(0);
  const first = race.take(0);
  assert.ok(first !== undefined);
  assert.equal(outcomeOf(race, first, 0), 'unsent');
  race.sent(first, 0);
  assert.equal(outcomeOf(race, first, 99), 'beaten');
  assert.equal(outcomeOf(race, first, 100), 'late');
  assert.equal(race.repeated(150), 'all');
  race.resent(first);
  assert.equal(outcomeOf(race, first, 150), 'silent');
});

test('early data makes a line win alone, and its answer is still noted', () => {
  const race = new QuicRace(2, 0);
  race.offer({ line: 0, late_ms: 100, opening_ms: 0 });
  race.allOffered(0);
  const first = race.take(0);
  assert.ok(first !== undefined);
  race.sent(first, 0);
  assert.equal(race.goesOn(5), 'winner');
  assert.equal(outcomeOf(race, first, 10), 'alone');
  assert.equal(race.mayRead(first), true);
  assert.equal(race.came(first, 'forged', 20), 'pass');
  assert.equal(race.came(first, 'initial', 30), 'pass');
  assert.equal(outcomeOf(race, first, 30), 'won');
  assert.equal(race.mayRead(first), false);
  assert.equal(race.win?.by, 'alone');
});

test('the time of an answer is that since the flight went out last', () => {
  const race = new QuicRace(2, 0);
  race.offer({ line: 0, late_ms: 100, opening_ms: 0 });
  race.allOffered(0);
  const first = race.take(0);
  assert.ok(first !== undefined);
  assert.equal(first.answer_ms, undefined);
  race.sent(first, 10);
  assert.equal(first.answer_ms, undefined);
  race.repeated(1000);
  race.resent(first);
  race.came(first, 'initial', 1040);
  race.came(first, 'initial', 1090);
  assert.equal(first.answer_ms, 40);
});
