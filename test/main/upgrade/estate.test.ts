import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Estate, fdsOf, renumbered } from '../../../src/main/upgrade/estate.js';

const file = { path: '/run/a', device: 1, inode: 2, isOthers: false };
const place = { kind: 'internet', host: '127.0.0.1', port: 1080 } as const;

/** With everything that there can be. */
const ESTATE: Required<Estate> = {
  listeners: [{ fd: 3, place, file: undefined, isPassed: false }],
  control: { fd: 4, path: '/run/a', file },
  admin: { fd: 5, place, file: undefined, isPassed: false },
  locks: [],
  ...{ routes: 6, evidence: 7, usage: 'used', steering: undefined, upgrades: 2 },
};

test('an estate with the fds of another process has all that there was', () => {
  const after = renumbered(ESTATE, (fd) => fd + 100);
  assert.deepEqual(Object.keys(after).sort(), Object.keys(ESTATE).sort());
  assert.deepEqual(
    fdsOf(after),
    fdsOf(ESTATE).map((fd) => fd + 100),
  );
  assert.deepEqual([after.usage, after.upgrades], ['used', 2]);
});
