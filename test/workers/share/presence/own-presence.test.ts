// What a gateway says of itself to the others of its site.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Counter, Counters } from '../../../../src/threads/shared/counters.js';
import { OwnPresence } from '../../../../src/workers/share/presence/own-presence.js';
import { gatewayOptions } from '../../../helpers/gateway-options.js';

function presence() {
  const counters = new Counters(Counters.create(2));
  const options = gatewayOptions({});
  const [{ number }] = options.lines as [(typeof options.lines)[number]];
  const own = new OwnPresence({
    ...{ options: () => options, now: () => 1000, version: '1.2.3', counters },
    counts: () => ({ routes_written: 7, news_told: 8 }),
  });
  return { own, number, counts: [counters.of(0), counters.of(1)] as const };
}

test('what all connection actors and all rooms have counted is told, and nothing else', () => {
  const { own, counts } = presence();
  for (const one of counts) {
    one[Counter.opened] = 10;
    one[Counter.closed] = 4;
    one[Counter.firstContacts] = 3;
    one[Counter.hintsAsked] = 2;
    one[Counter.hintsTold] = 1;
  }
  counts[1][Counter.hintsUseful] = 1;
  const { version, open, counts: told } = own.now();
  assert.deepEqual([version, open], ['1.2.3', 12]);
  assert.deepEqual(told, {
    ...{ connections: 20, first_contacts: 6, hints_asked: 4, hints_told: 2, hints_useful: 1 },
    ...{ routes_written: 7, news_told: 8, news_heard: 0, news_refused: 0 },
  });
});

test('a line whose link is down is not up', () => {
  const { own, number } = presence();
  assert.deepEqual([own.now().lines, own.now().lines_up], [1, 1]);
  own.routesChanged([], [{ kind: 'link', line: number, up: false }]);
  assert.equal(own.now().lines_up, 0);
});
