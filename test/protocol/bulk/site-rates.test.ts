import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RATE_AGE_MS } from '../../../src/protocol/bulk/rate.js';
import { SiteRates } from '../../../src/protocol/bulk/site-rates.js';
import type { Way } from '../../../src/protocol/bulk/transfer.js';
import { lineOf } from '../../../src/protocol/lines/line.js';
import { DestinationMemory } from '../../../src/protocol/routes/destination-memory.js';
import { encodeRoutes, parseRoutes } from '../../../src/protocol/routes/snapshot.js';
import { isRouteState, memoryOf, stateOf } from '../../../src/protocol/routes/state.js';

const MIB = 1_048_576;
const ANY = new Uint8Array(4);

function carried(memory: DestinationMemory, line: number, way: Way, bytes_s: number, now: number): void {
  memory.carried({ line, ip: ANY }, way, { bytes: MIB, ms: 1000, bytes_s, isExact: true }, now);
}

test('a site of bulk transfers tells what its lines carry the way that most of it goes', () => {
  const memory = new DestinationMemory();
  assert.equal(SiteRates.of(memory, 0), undefined);
  carried(memory, 0, 'down', 1000, 0);
  carried(memory, 2, 'down', 5000, 10);
  carried(memory, 2, 'up', 70, 10);
  const rates = SiteRates.of(memory, 20);
  assert.deepEqual(
    [0, 1, 2].map((line) => rates?.rateOf(line)),
    [1000, undefined, 5000],
  );
  assert.deepEqual(
    [rates?.way, rates?.measured],
    [
      'down',
      [
        { line: 0, bytes_s: 1000, age_ms: 20 },
        { line: 2, bytes_s: 5000, age_ms: 10 },
      ],
    ],
  );
  assert.equal(SiteRates.of(memory, RATE_AGE_MS + 5)?.rateOf(0), undefined);
  memory.trickled({ line: 0, ip: ANY }, 4 * MIB, 20);
  assert.equal(SiteRates.of(memory, 20), undefined);
});

test('it crosses threads and outlives the process, with the time that has passed', () => {
  const memory = new DestinationMemory();
  carried(memory, 0, 'down', 1000, 100);
  carried(memory, 1, 'up', 77, 200);
  const state = stateOf('bulk[example.com]', memory, 1000);
  assert.ok(isRouteState(JSON.parse(JSON.stringify(state))));
  const again = memoryOf(state, 5000, 2);
  assert.deepEqual(stateOf('bulk[example.com]', again, 5000), state);
  const lines = ['a', 'b'].map((name, number) => lineOf(number, name, { ip: undefined, port: 0 }, []));
  const text = [...encodeRoutes([state], lines, 10_000)].join('');
  const parsed = parseRoutes(text, lines, { now: 13_000, age_max_ms: 600_000, entries_max: 10 });
  assert.ok(parsed.kind === 'snapshot');
  const [told] = parsed.routes;
  assert.deepEqual(
    told?.candidates.map(({ rates }) => rates),
    [
      { up: null, down: [1000, 1, 3900] },
      { up: [77, 1, 3800], down: null },
    ],
  );
  assert.deepEqual(told?.traffic, [MIB, MIB, 0]);
});

test('a state with damaged rates is no state', () => {
  const memory = new DestinationMemory();
  carried(memory, 0, 'down', 1000, 100);
  const state = stateOf('bulk[example.com]', memory, 1000);
  const [one] = state.candidates;
  for (const rates of [null, {}, { up: null, down: [1, 2] }, { up: null, down: [-1, 1, 1] }, { up: 'x', down: null }])
    assert.equal(isRouteState({ ...state, candidates: [{ ...one, rates }] }), false, JSON.stringify(rates));
  for (const traffic of [null, [], [1, 2, -3], [1, 2, 'x']])
    assert.equal(isRouteState({ ...state, traffic }), false, JSON.stringify(traffic));
});
