// What an errno of a dial comes to, and whose it is.
import assert from 'node:assert/strict';
import { constants } from 'node:os';
import { test } from 'node:test';
import {
  failureOfBind,
  failureOfConnect,
  failureOfResult,
} from '../../../../../src/workers/connection/race/attempt/causes.js';
import type { DialLine } from '../../../../../src/workers/connection/shared/dialling/dial-lines.js';

const { errno } = constants;
const PLAIN: DialLine = {
  ...{ number: 0, name: 'direct', sourceIp: undefined, sourcePort: 0, device: undefined, mark: 0 },
  ...{
    hops: [],
    isDirect: true,
    isTunnel: false,
    hasLink: false,
    isAuto: false,
    dials: 'destination',
    proxyIp: undefined,
  },
};
const WITH_IP: DialLine = { ...PLAIN, sourceIp: Uint8Array.of(192, 0, 2, 1) };
const WITH_PORT: DialLine = { ...PLAIN, sourcePort: 4000 };
const LOOPBACK = Uint8Array.of(127, 0, 0, 1);

test('an errno is a failure that names it', () => {
  assert.deepEqual(failureOfResult(-errno.ECONNREFUSED), {
    code: 'refused',
    whose: 'destination',
    detail: 'ECONNREFUSED',
  });
  assert.deepEqual(failureOfResult(-errno.EPERM), { code: 'forbidden', whose: 'destination', detail: 'EPERM' });
  assert.deepEqual(failureOfResult(-errno.EBADF), { code: 'internal', whose: 'us', detail: 'EBADF' });
  // ENONET and EHOSTDOWN, which Node does not name, are what ICMP says too.
  for (const number of [64, 112, errno.EOPNOTSUPP]) assert.equal(failureOfResult(-number).code, 'host-unreachable');
});

test('what this machine lacks is ours, and teaches nothing', () => {
  for (const number of [
    errno.EAGAIN,
    errno.EMFILE,
    errno.ENFILE,
    errno.ENOBUFS,
    errno.ENOMEM,
    errno.EADDRNOTAVAIL,
    errno.EADDRINUSE,
  ]) {
    const { code, whose } = failureOfResult(-number);
    assert.deepEqual([code, whose], ['out-of-resources', 'us']);
  }
});

test('a source address that is missing shows at bind; at connect it is ports that have run out', () => {
  assert.equal(failureOfBind(-errno.EADDRNOTAVAIL, WITH_IP).code, 'source-unavailable');
  assert.equal(failureOfConnect(-errno.EADDRNOTAVAIL, WITH_IP, LOOPBACK).code, 'out-of-resources');
  assert.equal(failureOfConnect(-errno.EADDRNOTAVAIL, PLAIN, LOOPBACK).code, 'out-of-resources');
  // Ports have run out at bind, too, where the kernel chooses one.
  assert.equal(failureOfBind(-errno.EADDRINUSE, WITH_IP).code, 'out-of-resources');
});

test("a line's own port that is taken is the line's failure, at bind and at connect", () => {
  for (const failure of [
    failureOfBind(-errno.EADDRINUSE, WITH_PORT),
    failureOfConnect(-errno.EADDRINUSE, WITH_PORT, LOOPBACK),
    failureOfConnect(-errno.EADDRNOTAVAIL, WITH_PORT, LOOPBACK),
  ])
    assert.deepEqual([failure.code, failure.whose], ['source-in-use', 'line']);
});

test('an interface that is not there, and a privilege that is missing, are failures of the line', () => {
  const device = Buffer.from('gone0');
  assert.deepEqual(failureOfBind(-errno.ENODEV, { ...PLAIN, device }).code, 'interface-unavailable');
  assert.deepEqual(failureOfConnect(-errno.ENODEV, { ...PLAIN, device }, LOOPBACK).code, 'interface-unavailable');
  for (const line of [
    { ...PLAIN, device },
    { ...PLAIN, mark: 7 },
  ])
    assert.equal(failureOfBind(-errno.EPERM, line).code, 'source-not-permitted');
  // Without either, a firewall has said so.
  assert.equal(failureOfBind(-errno.EPERM, WITH_IP).code, 'forbidden');
  assert.equal(failureOfConnect(-errno.EPERM, { ...PLAIN, mark: 7 }, LOOPBACK).code, 'forbidden');
});
