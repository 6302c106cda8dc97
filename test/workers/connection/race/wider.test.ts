// A destination of a site of bulk transfers, remembered on a line that turns out to be thin.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SiteRates } from '../../../../src/protocol/bulk/site-rates.js';
import { destinationKey } from '../../../../src/protocol/routes/destination-key.js';
import { DestinationMemory } from '../../../../src/protocol/routes/destination-memory.js';
import { Race } from '../../../../src/workers/connection/race/race.js';
import { A, type Changes, found, ip, RaceWorld, SITE } from './race-world.js';

const NOW = 100_000;

class World extends RaceWorld<{ now: number }> {
  constructor(rates: readonly number[], changes: Changes = {}) {
    super({ now: NOW }, { lines: [0, 1], ...changes });
    const memory = new DestinationMemory();
    for (const [line, bytes_s] of rates.entries()) {
      if (bytes_s === 0) continue;
      const measured = { bytes: 2_000_000, ms: 1000, bytes_s, isExact: true };
      memory.carried({ line, ip: new Uint8Array(4) }, 'down', measured, NOW);
    }
    this.rates = SiteRates.of(memory, NOW);
    this.known.set('site.test', found(A));
    this.remember(0);
  }

  remember(line: number): void {
    const memory = this.routes.open(this.key, NOW);
    this.routes.connected(this.key, memory, { line, ip: ip(A) }, 20, NOW);
  }

  get key(): string {
    return destinationKey(SITE.asked, SITE.port, undefined);
  }

  /** What a race begins with, alone. */
  begin(): readonly string[] {
    const outcome = { depth: 0, won() {}, lost() {}, joined() {}, exhausted() {} };
    const whose = { clientIp: () => undefined, clientName: () => 'client' };
    new Race(this, SITE, undefined, undefined, { ...outcome, ...whose }).start();
    return this.dialled;
  }
}

test('another line of the site that carries much more is begun with, though nothing is known of it here', () => {
  assert.deepEqual(new World([1000, 2001]).begin(), [`1 ${A}`]);
});

test('not where it carries little more, was never measured, or the one in use was not', () => {
  assert.deepEqual(new World([1000, 2000]).begin(), [`0 ${A}`]);
  assert.deepEqual(new World([1000]).begin(), [`0 ${A}`]);
  assert.deepEqual(new World([0, 9000]).begin(), [`0 ${A}`]);
});

test('not where the destination knows that line: what it knows decides', () => {
  const world = new World([1000, 9000]);
  world.remember(1);
  assert.deepEqual(world.begin(), [`1 ${A}`], 'it works here');
  const failing = new World([1000, 9000]);
  const memory = failing.routes.open(failing.key, NOW);
  failing.routes.failed(failing.key, memory, { line: 1, ip: ip(A) }, 'refused', NOW);
  assert.deepEqual(failing.begin(), [`0 ${A}`], 'it has failed here');
});

test('not where it is of another tier', () => {
  assert.deepEqual(new World([1000, 9000], { preferences: { 1: { tier: 1 } } }).begin(), [`0 ${A}`]);
});
