// What races of QUIC leave for the memory of destinations.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Entrant } from '../../../../src/protocol/quic/race/entrant.js';
import { ENTRANT_OUTCOMES, evidenceOf, outcomeOf } from '../../../../src/protocol/quic/race/outcome.js';
import { QuicRace } from '../../../../src/protocol/quic/race/race.js';

test('an answer proves that the line works; its time counts where the flight went out once', () => {
  const entrant = new Entrant(3, 250, 0);
  entrant.sent = 100;
  entrant.flights = 1;
  entrant.answered = 140;
  for (const outcome of ['won', 'answered'] as const) {
    assert.deepEqual(evidenceOf(outcome, entrant), { kind: 'works', answer_ms: 40 });
  }
  entrant.flights = 2;
  assert.deepEqual(evidenceOf('won', entrant), { kind: 'works', answer_ms: undefined });
});

test('forgeries and silence are failures of the line; what others tell better, or nobody knows, is none', () => {
  const entrant = new Entrant(3, 250, 0);
  const causes = ENTRANT_OUTCOMES.map((outcome) => {
    const evidence = evidenceOf(outcome, entrant);
    return [outcome, evidence?.kind === 'fails' ? evidence.cause : evidence?.kind];
  });
  assert.deepEqual(Object.fromEntries(causes), {
    ...{ won: 'works', answered: 'works', forged: 'not-tls', silent: 'silent', late: 'late' },
    ...{ alone: undefined, closed: undefined, negotiation: undefined, bounced: undefined, failed: undefined },
    ...{ beaten: undefined, unsent: undefined },
  });
});

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
