// Datagrams are longer than a packet may be: only those that came in fragments go in fragments. io_uring and epoll alike.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { Namespace, withoutNamespaces } from '../../../helpers/namespace.js';
import type { Narrow, NarrowHeard } from '../../../helpers/udp/narrow-link.js';
import { ENGINES } from '../../world.js';

const missing = withoutNamespaces();
const script = new URL('../../../helpers/udp/narrow-link.js', import.meta.url);
const namespace = missing === undefined ? await Namespace.start<Narrow, NarrowHeard>(script) : undefined;
after(() => namespace?.close());

for (const engine of ENGINES) {
  for (const ipLength of [4, 16] as const) {
    const skip = missing ?? engine.missing ?? false;
    test(`${engine.kind}: what is longer than a packet, in IPv${ipLength === 4 ? 4 : 6}`, { skip }, async () => {
      const heard = await namespace?.ask({
        ...{ kind: engine.kind, ipLength },
        sends: [
          { size: 1400, count: 1, mayFragment: false },
          { size: 3000, count: 1, mayFragment: false },
          { size: 3000, count: 1, mayFragment: true },
          { size: 3001, count: 1, mayFragment: false },
          { size: 1401, count: 2, mayFragment: true },
          { size: 2000, count: 3, mayFragment: true },
          { size: 3002, count: 2, mayFragment: false },
        ],
      });
      assert.ok(heard !== undefined);
      assert.deepEqual(heard.came, [
        ...['1400', '3000 in fragments', '1401', '1401'],
        ...['2000 in fragments', '2000 in fragments', '2000 in fragments'],
      ]);
      assert.deepEqual(heard.unsent, ['1: EMSGSIZE', '1: EMSGSIZE', '2: EMSGSIZE']);
      assert.deepEqual([...new Set(heard.errors)], ['local: EMSGSIZE 1500']);
    });
  }
}
