// What whoever runs the gateway can mend goes to main, at most one of a topic a second; what they cannot is only kept.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { MessageChannel } from 'node:worker_threads';
import { type Target, targetOfName } from '../../../../../src/protocol/address/target.js';
import type { Notice } from '../../../../../src/protocol/notices/notice.js';
import { failureOf } from '../../../../../src/protocol/race/failure.js';
import { RemoteLog } from '../../../../../src/threads/log.js';
import { type Failed, FailureLog } from '../../../../../src/workers/connection/shared/dialling/failure-log.js';

const WHOSE = { clientName: () => '10.0.0.1:5000' };
const TARGET = targetOfName('site.test', 443) as Target;

function attemptOf(name: string, code: Parameters<typeof failureOf>[0], detail: string): Failed {
  return {
    candidate: { line: 0, ip: new Uint8Array([192, 0, 2, 7]) },
    line: {
      ...{ number: 0, name, sourceIp: new Uint8Array([192, 0, 2, 1]), sourcePort: 0 },
      ...{ device: undefined, mark: 0 },
      ...{ hops: [], isDirect: true, proxyIp: undefined },
    },
    failure: failureOf(code, detail),
  };
}

async function told(body: (failures: FailureLog) => void): Promise<Notice[]> {
  const { port1, port2 } = new MessageChannel();
  const said: Notice[] = [];
  port2.on('message', (notice: Notice) => said.push(notice));
  const log = new RemoteLog(port1, 'info', () => {});
  body(new FailureLog(log));
  log.close();
  await once(port2, 'close');
  return said;
}

test('a cause is told once a second for each line, with its level, its sentence, line, address and errno', async () => {
  const said = await told((failures) => {
    const fail = (name: string, code: Parameters<typeof failureOf>[0], now: number): void => {
      const attempt = attemptOf(name, code, 'EADDRNOTAVAIL');
      failures.attempt(attempt, failureOf(code, 'EADDRNOTAVAIL'), TARGET, WHOSE, now);
    };
    fail('a', 'source-unavailable', 1000);
    fail('a', 'source-unavailable', 1999);
    fail('b', 'source-unavailable', 1999);
    // Clients cause these all the time.
    fail('a', 'refused', 1000);
    fail('a', 'timed-out', 1000);
    fail('a', 'source-unavailable', 2000);
  });
  assert.deepEqual(
    said.map(({ level, topic, left_out }) => [level, topic, left_out]),
    [
      ['warn', 'source-unavailable a', 0],
      ['warn', 'source-unavailable b', 0],
      ['warn', 'source-unavailable a', 1],
    ],
  );
  assert.equal(said[0].message, 'the source address of the line is not on this machine');
  assert.deepEqual(said[0].fields, {
    cause: 'source-unavailable',
    detail: 'EADDRNOTAVAIL',
    line: 'a',
    address: '192.0.2.7',
    source: '192.0.2.1',
    target: 'site.test:443',
    client: '10.0.0.1:5000',
  });
});

test('what an attempt failed by is not told again of its connection, what no attempt failed by is', async () => {
  const attempt = attemptOf('a', 'source-in-use', 'EADDRINUSE');
  const said = await told((failures) => {
    failures.lost(attempt.failure ?? failureOf('internal'), TARGET, [attempt], WHOSE, 0);
    failures.lost(failureOf('too-many-lookups'), TARGET, [attempt], WHOSE, 0);
  });
  assert.deepEqual(
    said.map(({ fields }) => fields['cause']),
    ['too-many-lookups'],
  );
});

test('the last failure is kept with the line and the address, whatever it was', async () => {
  await told((failures) => {
    assert.equal(failures.last(0), undefined);
    const attempt = attemptOf('a', 'refused', 'ECONNREFUSED');
    failures.lost(attempt.failure ?? failureOf('internal'), TARGET, [attempt], WHOSE, 1000);
    const last = failures.last(1500);
    assert.equal(last?.age_ms, 500);
    const { cause, detail, line, address, target } = last?.what ?? {};
    assert.deepEqual(
      [cause, detail, line, address, target],
      ['refused', 'ECONNREFUSED', 'a', '192.0.2.7', 'site.test:443'],
    );
  });
});

const TLS = { what: 'TLS', sentence: 'speaks TLS: set it to SOCKS5' };
const SSH = { what: 'SSH', sentence: 'speaks SSH: set it to SOCKS5' };

test('a client that speaks something else is told of with its address, and that is asked for only then', async () => {
  let asked = 0;
  const client = {
    clientIp: () => {
      asked += 1;
      return new Uint8Array([192, 0, 2, 9]);
    },
  };
  const said = await told((failures) => {
    failures.misfit(TLS, client, 0);
    failures.misfit(TLS, client, 500);
    failures.misfit(SSH, client, 500);
    failures.misfit(TLS, client, 1000);
    failures.misfit(SSH, { clientIp: () => undefined }, 1500);
  });
  assert.equal(asked, 3);
  assert.deepEqual(
    said.map(({ message, left_out }) => [message, left_out]),
    [
      ['a client at 192.0.2.9 speaks TLS: set it to SOCKS5', 0],
      ['a client at 192.0.2.9 speaks SSH: set it to SOCKS5', 0],
      ['a client at 192.0.2.9 speaks TLS: set it to SOCKS5', 1],
      ['a client speaks SSH: set it to SOCKS5', 0],
    ],
  );
});
