import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lineOf } from '../../../../src/protocol/lines/line.js';
import { dial } from '../../../../src/workers/dns/transports/dial.js';
import { freePort } from '../../../helpers/proxies.js';

test('a server whose port is closed is not the socket itself', async () => {
  const port = await freePort();
  const line = lineOf(0, 'itself', { ip: undefined, port }, []);
  const never = (): never => assert.fail('no name is looked up');
  const to = { host: '127.0.0.1', port, line, tls: undefined };
  await assert.rejects(dial(to, never, new AbortController().signal), /connected to itself/);
});
