// The share actor's ways to the other actors.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { MessageChannel } from 'node:worker_threads';
import { within } from '../../../src/threads/within.js';
import { Others } from '../../../src/workers/share/others.js';
import { nothingLeft } from '../../helpers/nothing-left.js';

const deaf = { asked() {}, async routesChanged() {}, async badAddressesChanged() {} };

test('it ends, whichever of the other actors have ended before', async () => {
  for (const areGone of [true, false]) {
    const others = new Others(deaf);
    const [connections, names, reports, pushes] = Array.from({ length: 4 }, () => new MessageChannel());
    assert.ok(connections && names && reports && pushes);
    others.connectConnections(0, connections.port1);
    others.connectNames(names.port1);
    others.connectRoutes(reports.port1, pushes.port1);
    const all = [connections, names, reports, pushes];
    if (areGone) {
      const closed = all.map(({ port1 }) => once(port1, 'close'));
      for (const { port2 } of all) port2.close();
      await Promise.all(closed);
    }
    assert.equal((await within(10_000, others.close())).code, 'answered');
  }
  await nothingLeft(/^(MessagePort|Timeout)$/);
});
