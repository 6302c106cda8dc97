import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Notice } from '../../../../src/protocol/notices/notice.js';
import { failed, GIVEN_UP, type Reply } from '../../../../src/workers/dns/ask/exchange.js';
import { ServerStates } from '../../../../src/workers/dns/ask/server-states.js';

const SILENT = GIVEN_UP['timed-out'];
const ANSWER: Reply = { kind: 'nodata', ttl_s: 1 };
const [FIRST, SECOND] = ['udp://192.0.2.53:53', 'https://dns.example:443/secret-of-mine'];

function world(ids = [FIRST, SECOND]) {
  const said: Notice[] = [];
  return { said, states: new ServerStates(ids, (notice) => said.push(notice)) };
}

test('after three questions in a row without an answer a server is dead, and the next answer brings it back', () => {
  const { said, states } = world();
  for (const reply of [SILENT, SILENT, ANSWER, SILENT, SILENT]) {
    states.replied(FIRST, reply);
  }
  assert.deepEqual(said, []);
  states.replied(FIRST, failed('ECONNREFUSED'));
  states.replied(FIRST, failed('ECONNREFUSED'));
  states.replied(FIRST, { kind: 'server-failure', rcode: 2 });
  assert.deepEqual(said, [
    {
      topic: `dns ${FIRST}`,
      good: false,
      level: 'warn',
      message: `DNS server ${FIRST} does not answer`,
      fields: { server: FIRST, why: 'ECONNREFUSED', servers_left: 1 },
    },
    {
      topic: `dns ${FIRST}`,
      good: true,
      level: 'info',
      message: `DNS server ${FIRST} answers again`,
      fields: { server: FIRST, servers_left: 2 },
    },
  ]);
});

test('a question that was given up says nothing of a server', () => {
  const { said, states } = world();
  for (let i = 0; i < 5; i += 1) {
    states.replied(FIRST, GIVEN_UP.overtaken);
    states.replied(FIRST, GIVEN_UP.stopping);
  }
  assert.deepEqual(said, []);
});

test('the last one says that none is left, and the path of a URL is kept to ourselves', () => {
  const { said, states } = world();
  for (const id of [FIRST, SECOND]) for (let i = 0; i < 3; i += 1) states.replied(id, SILENT);
  assert.equal(said[1].message, 'DNS server https://dns.example:443 does not answer, and none is left that does');
  assert.doesNotMatch(JSON.stringify(said.map(({ message, fields }) => ({ message, fields }))), /secret/);
});
