// How many clients wait in the backlogs of listening sockets.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { closeFd } from '../../../src/linux/sockets.js';
import { waitingAt } from '../../../src/main/accept/backlog.js';
import { letGo, reserve } from '../../../src/main/accept/listen.js';
import { loopbackListener } from '../../../src/protocol/listen-options.js';
import { until } from '../../helpers/until.js';
import { acceptFrom, connecting, listening } from '../../linux/peers.js';

test('the kernel tells how many clients of TCP wait', () => {
  const [one, other] = [listening(), listening()];
  const listeners = [one, other].map(({ fd }) => ({ fd, file: undefined }));
  assert.equal(waitingAt(listeners), 0);
  const fds = [one.port, one.port, other.port].map((port) => connecting(port));
  assert.equal(waitingAt(listeners), 3);
  fds.push(acceptFrom(one.fd));
  assert.equal(waitingAt(listeners), 2);
  for (const fd of [...fds, one.fd, other.fd]) closeFd(fd);
});

test('of a Unix socket it is known whether anybody waits', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tcproute-backlog-'));
  const path = join(folder, 'socket');
  const reserved = reserve([{ ...loopbackListener(0), place: { kind: 'unix', path, mode: 0o600 } }], 0);
  assert.ok(reserved.code === 'reserved');
  assert.equal(waitingAt(reserved.listening), 0);
  const clients = [connect(path), connect(path)];
  await until('they wait', () => waitingAt(reserved.listening) === 1);
  for (const client of clients) client.destroy();
  letGo(reserved.listening);
  rmSync(folder, { recursive: true });
});
