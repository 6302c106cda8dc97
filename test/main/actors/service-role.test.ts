// With what the DNS and the route actor are started, without threads.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MessageChannel } from 'node:worker_threads';
import { routesRole } from '../../../src/main/actors/service-role.js';
import { Switchboard } from '../../../src/main/actors/switchboard.js';
import { Notices } from '../../../src/main/process/notices.js';
import { captureLog } from '../../helpers/capture-log.js';
import { gatewayOptions } from '../../helpers/gateway-options.js';

/** Whether the first route actor, and the one that takes its place, read what another gateway remembers. */
function begun(left?: number): unknown[] {
  const options = gatewayOptions();
  const switchboard = new Switchboard({ options, listeners: [] }, () => true);
  const notices = new Notices(captureLog().log);
  const keepers = { budgets: { events: [] }, steering: { takePinsOf: async () => {} } };
  const role = routesRole(switchboard, notices, () => true, keepers, left);
  const asked = [0, 1].map(() => {
    const { port1, port2 } = new MessageChannel();
    const { start, ports } = role.begin(port2);
    for (const port of [port1, ...ports]) port.close();
    return (start as { readonly isFirst?: boolean }).isFirst;
  });
  role.gone();
  return asked;
}

test('the first route actor of a process reads what another gateway remembers, and none that takes its place', () => {
  assert.deepEqual(begun(), [true, false]);
});

test('the one of an upgrade has what its predecessor left', () => {
  assert.deepEqual(begun(0), [false, false]);
});
