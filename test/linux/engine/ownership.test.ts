// Every fd and map that is open is on record, and none after. io_uring and epoll alike.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { packAddress } from '../../../src/linux/addresses.js';
import { BufferGroup } from '../../../src/linux/engine/buffers.js';
import { EpollEngine } from '../../../src/linux/engine/epoll.js';
import { UringEngine } from '../../../src/linux/engine/uring.js';
import { ECONNRESET } from '../../../src/linux/errno.js';
import { closeFd, openStream, sendBytes } from '../../../src/linux/sockets.js';
import { connectedPair, IPV4, listening, openFds, readToEnd } from '../peers.js';
import { ENGINES, leftOpen, Recorder, World } from '../world.js';
import { HELLO, limitFds, scenarioOf } from './scenario.js';

const { small } = BufferGroup;

for (const engine of ENGINES) {
  const { kind, missing } = engine;
  const scenario = scenarioOf(engine);

  describe(`${kind}: ownership`, () => {
    scenario('every fd and map is told while it is open, and none after', (world) => {
      const { fd, port } = listening();
      const heard = new Recorder();
      const listener = world.engine.adopt(fd, heard);
      assert.ok(world.books.fds.has(fd));
      assert.equal(world.books.fds.size, 2, 'the engine itself, and what it adopted');
      const dialling = world.engine.adopt(openStream(4), heard);
      world.engine.accept(listener);
      world.engine.connect(dialling, packAddress(IPV4, port));
      world.until(() => heard.heard.length === 2, 'both ends');
      const [accepted] = heard.accepted;
      assert.ok(!world.books.fds.has(accepted), 'accepted, but nobody has taken it over');
      world.engine.adopt(accepted, heard);
      assert.equal(world.books.fds.size, 4);
      world.engine.close(dialling, 'graceful');
      world.until(() => world.engine.size === 2, 'the close');
      assert.equal(world.books.fds.size, 3);
      assert.ok(world.books.maps.size > 0);
    });

    test('without a record, closing keeps its promises too', { skip: missing ?? false }, () => {
      const before = openFds();
      const engine = kind === 'uring' ? UringEngine.open() : EpollEngine.open();
      assert.ok(typeof engine !== 'number');
      const [graceful, ended] = connectedPair();
      const [reset, broken] = connectedPair();
      const [left, cut] = connectedPair();
      const heard = new Recorder();
      sendBytes(graceful, HELLO);
      engine.close(engine.adopt(graceful, heard), 'graceful');
      engine.close(engine.adopt(reset, heard), 'reset');
      engine.turn(0);
      assert.equal(engine.size, 0);
      assert.deepEqual(readToEnd(ended), { bytes: HELLO, end: 0 });
      assert.deepEqual(readToEnd(broken), { bytes: Buffer.alloc(0), end: -ECONNRESET });
      engine.receive(engine.adopt(left, heard), small);
      engine.destroy();
      assert.deepEqual(readToEnd(cut), { bytes: Buffer.alloc(0), end: -ECONNRESET });
      assert.equal(engine.counts.stale, 0);
      for (const fd of [ended, broken, cut]) closeFd(fd);
      assert.deepEqual(leftOpen(before), []);
    });

    test('an engine that cannot be opened leaves nothing behind', { skip: missing ?? false }, () => {
      const before = openFds();
      const restore = limitFds(0);
      try {
        assert.throws(() => new World(kind), /EMFILE/);
      } finally {
        restore();
      }
      assert.deepEqual([...openFds().keys()], [...before.keys()]);
    });
  });
}
