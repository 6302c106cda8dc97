import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEPTH_MAX, depthOfUserId, depthOfVia, userIdOf, viaOf } from '../../src/protocol/gateway-depth.js';

test('a Via field tells the depth that is written into it', () => {
  for (let depth = 1; depth <= DEPTH_MAX; depth += 1) assert.equal(depthOfVia([viaOf(depth)]), depth);
});

test('a user id tells the depth that is written into it, and no other user id does', () => {
  for (let depth = 1; depth <= DEPTH_MAX; depth += 1) assert.equal(depthOfUserId(userIdOf(depth)), depth);
  for (const other of [
    '',
    'tcproute',
    'tcproute/',
    'tcproute/9',
    'tcproute/12',
    'tcproute/-1',
    'Tcproute/2',
    ' tcproute/2',
  ])
    assert.equal(depthOfUserId(other), 0, other);
});

test('entries of other proxies stand between, and do not count', () => {
  assert.equal(depthOfVia([]), 0);
  assert.equal(depthOfVia(['1.1 squid, 1.0 tcproute , 1.1 a.test (tcproute)', '1.1 TcpRoute,HTTP/1.1 tcproute']), 2);
});
