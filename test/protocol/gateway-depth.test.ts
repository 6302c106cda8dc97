import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEPTH_MAX, depthOfVia, viaOf } from '../../src/protocol/gateway-depth.js';

test('a Via field tells the depth that is written into it', () => {
  for (let depth = 1; depth <= DEPTH_MAX; depth += 1) assert.equal(depthOfVia([viaOf(depth)]), depth);
});

test('entries of other proxies stand between, and do not count', () => {
  assert.equal(depthOfVia([]), 0);
  assert.equal(depthOfVia(['1.1 squid, 1.0 tcproute , 1.1 a.test (tcproute)', '1.1 TcpRoute,HTTP/1.1 tcproute']), 2);
});
