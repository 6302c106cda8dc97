// The number of open file descriptors.
import assert from 'node:assert/strict';
import { closeSync, openSync } from 'node:fs';
import { test } from 'node:test';
import { openFds } from '../../../../src/workers/admin/metrics/exposition/open-fds.js';

test('descriptors that are opened and closed are counted', () => {
  const before = openFds();
  assert.ok(before >= 3);
  const opened = Array.from({ length: 20 }, () => openSync('/dev/null', 'r'));
  assert.equal(openFds(), before + 20);
  for (const fd of opened) closeSync(fd);
  assert.equal(openFds(), before);
});
