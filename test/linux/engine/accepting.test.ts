// Connections that are accepted, and listeners that close or run out of fds meanwhile. io_uring and epoll alike.
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { packAddress } from '../../../src/linux/addresses.js';
import { ECANCELED, ECONNREFUSED, EMFILE } from '../../../src/linux/errno.js';
import * as libc from '../../../src/linux/libc.js';
import { openStream } from '../../../src/linux/sockets.js';
import { connecting, IPV4, listening } from '../peers.js';
import { ENGINES, Recorder } from '../world.js';
import { limitFds, scenarioOf } from './scenario.js';

for (const engine of ENGINES) {
  const { kind } = engine;
  const scenario = scenarioOf(engine);

  describe(`${kind}: accepting`, () => {
    scenario('one accept takes one connection, and the next stays in the backlog', (world) => {
      const { fd, port } = listening();
      const heard = new Recorder();
      const listener = world.engine.adopt(fd, heard);
      world.engine.accept(listener);
      world.keep(connecting(port), connecting(port));
      world.until(() => heard.heard.length > 0, 'a connection');
      world.settle();
      assert.equal(heard.accepted.length, 1);
      world.engine.accept(listener);
      world.until(() => heard.accepted.length === 2, 'the second connection');
      world.keep(...heard.accepted);
    });

    scenario('accepting after each one takes those that came before and those that come after', (world) => {
      const { fd, port } = listening();
      const heard = new Recorder();
      heard.react = (socket) => world.engine.accept(socket);
      for (let i = 0; i < 20; i += 1) world.keep(connecting(port));
      world.engine.accept(world.engine.adopt(fd, heard));
      world.until(() => heard.heard.length === 20, 'the first 20');
      for (let i = 0; i < 20; i += 1) world.keep(connecting(port));
      world.until(() => heard.heard.length === 40, 'all 40');
      assert.equal(new Set(heard.accepted).size, 40);
      world.keep(...heard.accepted);
    });

    scenario('a backlog of 150 is accepted whole', (world) => {
      const { fd, port } = listening();
      const heard = new Recorder();
      heard.react = (socket) => world.engine.accept(socket);
      for (let i = 0; i < 150; i += 1) world.keep(connecting(port));
      world.engine.accept(world.engine.adopt(fd, heard));
      world.until(() => heard.accepted.length === 150, 'all 150');
      world.keep(...heard.accepted);
    });

    scenario('accepted sockets are non-blocking and close-on-exec', (world) => {
      const { fd, port } = listening();
      const heard = new Recorder();
      world.keep(connecting(port));
      world.engine.accept(world.engine.adopt(fd, heard));
      world.until(() => heard.accepted.length === 1, 'a connection');
      const [accepted] = heard.accepted;
      world.keep(accepted);
      assert.equal(libc.fcntl(accepted, 1, 0), 1);
      assert.equal(libc.fcntl(accepted, 3, 0) & 0x800, 0x800);
    });

    scenario('a listener closed with an accept in flight loses no fd and leaves its port', (world) => {
      const { fd, port } = listening();
      const heard = new Recorder();
      const listener = world.engine.adopt(fd, heard);
      world.engine.accept(listener);
      world.settle();
      for (let i = 0; i < 10; i += 1) world.keep(connecting(port));
      world.engine.close(listener, 'graceful');
      world.until(() => world.engine.size === 0, 'the close');
      assert.deepEqual(heard.heard, []);
      const late = openStream(4);
      const outcome = new Recorder();
      world.engine.connect(world.engine.adopt(late, outcome), packAddress(IPV4, port));
      world.until(() => outcome.heard.length > 0, 'an answer');
      assert.deepEqual(outcome.of('connect'), [-ECONNREFUSED]);
    });

    scenario('a wait that is stopped ends with ECANCELED, and later clients stay in the backlog', (world) => {
      const { fd, port } = listening();
      const heard = new Recorder();
      const listener = world.engine.adopt(fd, heard);
      world.engine.stopAccept(listener);
      world.settle();
      assert.deepEqual(heard.heard, [], 'nothing waited');
      world.engine.accept(listener);
      world.settle();
      world.engine.stopAccept(listener);
      assert.deepEqual(heard.heard, [], 'no handler is called inside the call');
      world.until(() => heard.heard.length > 0, 'the end of the wait');
      assert.deepEqual(heard.of('accept'), [-ECANCELED]);
      world.keep(connecting(port));
      world.settle();
      assert.equal(heard.heard.length, 1);
      world.engine.accept(listener);
      world.until(() => heard.accepted.length === 1, 'the client that came meanwhile');
      world.keep(...heard.accepted);
    });

    scenario('a wait that is asked for and stopped at once has one outcome', (world) => {
      const { fd } = listening();
      const heard = new Recorder();
      const listener = world.engine.adopt(fd, heard);
      world.engine.accept(listener);
      world.engine.stopAccept(listener);
      world.until(() => heard.heard.length > 0, 'the end of the wait');
      world.settle();
      assert.deepEqual(heard.of('accept'), [-ECANCELED]);
    });

    scenario('no client is lost to a wait that is stopped while it comes', (world) => {
      const { fd, port } = listening();
      const heard = new Recorder();
      const listener = world.engine.adopt(fd, heard);
      const rounds = 50;
      for (let round = 0; round < rounds; round += 1) {
        const outcomes = heard.heard.length;
        // Before, between and behind the two calls.
        if (round % 3 === 0) world.keep(connecting(port));
        world.engine.accept(listener);
        if (round % 2 === 0) world.settle();
        if (round % 3 === 1) world.keep(connecting(port));
        world.engine.stopAccept(listener);
        if (round % 3 === 2) world.keep(connecting(port));
        world.until(() => heard.heard.length > outcomes, 'an outcome');
        world.settle();
        assert.equal(heard.heard.length, outcomes + 1, `round ${round}`);
      }
      // Those whose wait ended without them are in the backlog.
      heard.react = (socket) => world.engine.accept(socket);
      world.engine.accept(listener);
      world.until(() => heard.accepted.length === rounds, 'every client');
      world.keep(...heard.accepted);
      assert.deepEqual(
        heard.of('accept').filter((result) => result < 0 && result !== -ECANCELED),
        [],
      );
    });

    scenario('a listener closed right behind the stop of its wait leaves nothing', (world) => {
      const { fd, port } = listening();
      const heard = new Recorder();
      const listener = world.engine.adopt(fd, heard);
      world.engine.accept(listener);
      world.settle();
      world.keep(connecting(port));
      world.engine.stopAccept(listener);
      world.engine.close(listener, 'graceful');
      world.until(() => world.engine.size === 0, 'the close');
      assert.deepEqual(heard.heard, []);
    });

    scenario('a listener may close itself while it is told of a connection and more wait', (world) => {
      const { fd, port } = listening();
      const heard = new Recorder();
      for (let i = 0; i < 10; i += 1) world.keep(connecting(port));
      const listener = world.engine.adopt(fd, heard);
      heard.react = (socket) => world.engine.close(socket, 'graceful');
      world.engine.accept(listener);
      world.until(() => world.engine.size === 0, 'the close');
      world.settle();
      assert.equal(heard.heard.length, 1);
      world.keep(...heard.accepted);
    });

    scenario('a connection accepted but not yet told is closed by destroy', (world) => {
      const heard = new Recorder();
      heard.react = () => {
        throw new Error('the actor dies here');
      };
      for (const { fd, port } of [listening(), listening()]) {
        world.keep(connecting(port));
        world.engine.accept(world.engine.adopt(fd, heard));
      }
      assert.throws(() => world.until(() => false, 'the throw'), /the actor dies here/);
      assert.equal(heard.accepted.length, 1);
      world.keep(...heard.accepted);
    });

    scenario('running out of fds fails an accept with -EMFILE', (world) => {
      const { fd, port } = listening();
      const heard = new Recorder();
      world.keep(connecting(port));
      const listener = world.engine.adopt(fd, heard);
      const restore = limitFds(0);
      try {
        world.engine.accept(listener);
        world.until(() => heard.heard.length > 0, 'the error');
        world.settle();
      } finally {
        restore();
      }
      assert.deepEqual(heard.of('accept'), [-EMFILE]);
      world.engine.accept(listener);
      world.until(() => heard.accepted.length === 1, 'accepting again finds it');
      world.keep(...heard.accepted);
    });
  });
}
