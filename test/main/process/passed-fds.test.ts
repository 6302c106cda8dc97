import assert from 'node:assert/strict';
import { test } from 'node:test';
import { takePassedFds } from '../../../src/main/process/passed-fds.js';

const own = String(process.pid);

test('the descriptors begin with 3 and have names, and no child gets the variables', () => {
  const environment = { LISTEN_PID: own, LISTEN_FDS: '3', LISTEN_FDNAMES: 'socks:', OTHER: 'stays' };
  assert.deepEqual(takePassedFds(environment), {
    code: 'passed',
    fds: [
      { fd: 3, name: 'socks' },
      { fd: 4, name: 'unknown' },
      { fd: 5, name: 'unknown' },
    ],
  });
  assert.deepEqual(environment, { OTHER: 'stays' });
});

test('those of another process, and none, are none', () => {
  const environment = { LISTEN_PID: '1', LISTEN_FDS: '1' };
  assert.deepEqual(takePassedFds(environment), { code: 'passed', fds: [] });
  assert.deepEqual(environment, {});
  assert.deepEqual(takePassedFds({ LISTEN_PID: own }), { code: 'passed', fds: [] });
});

test('a number that is none is said', () => {
  assert.deepEqual(takePassedFds({ LISTEN_PID: own, LISTEN_FDS: 'two' }), {
    code: 'failed',
    message: 'LISTEN_FDS is "two", allowed: a number of descriptors',
  });
});
