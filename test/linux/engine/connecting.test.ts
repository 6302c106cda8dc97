// Connects that stand, are refused, or are abandoned. io_uring and epoll alike.
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { packAddress } from '../../../src/linux/addresses.js';
import { ECONNREFUSED } from '../../../src/linux/errno.js';
import { openStream, sendBytes } from '../../../src/linux/sockets.js';
import {
  acceptFrom,
  awaitReady,
  blackHole,
  deadPort,
  IPV4,
  IPV6,
  listening,
  POLLIN,
  readNow,
  statesTowards,
} from '../peers.js';
import { ENGINES, Recorder } from '../world.js';
import { HELLO, scenarioOf } from './scenario.js';

const SYN_SENT = 2;

for (const engine of ENGINES) {
  const { kind } = engine;
  const scenario = scenarioOf(engine);

  describe(`${kind}: connecting`, () => {
    for (const [name, ip] of [
      ['IPv4', IPV4],
      ['IPv6', IPV6],
    ] as const) {
      scenario(`a connect over ${name} is told once it stands`, (world) => {
        const { fd, port } = listening(ip);
        world.keep(fd);
        const heard = new Recorder();
        const socket = world.engine.adopt(openStream(ip.length), heard);
        const address = packAddress(ip, port);
        world.engine.connect(socket, address);
        address.fill(0);
        assert.deepEqual(heard.heard, [], 'nothing completes inside the call');
        world.until(() => heard.heard.length > 0, 'the connection');
        assert.deepEqual(heard.of('connect'), [0]);
        assert.equal(sendBytes(socket.fd, HELLO), 5);
        const peer = acceptFrom(fd);
        world.keep(peer);
        awaitReady(peer, POLLIN);
        assert.deepEqual(readNow(peer), HELLO);
      });

      scenario(`a refused connect over ${name} says so`, (world) => {
        const heard = new Recorder();
        const port = deadPort(ip);
        world.engine.connect(world.engine.adopt(openStream(ip.length), heard), packAddress(ip, port));
        world.until(() => heard.heard.length > 0, 'the refusal');
        assert.deepEqual(heard.of('connect'), [-ECONNREFUSED]);
      });
    }

    scenario('a hundred connects at once all stand', (world) => {
      const { fd, port } = listening();
      world.keep(fd);
      const heard = new Recorder();
      for (let i = 0; i < 100; i += 1) {
        world.engine.connect(world.engine.adopt(openStream(4), heard), packAddress(IPV4, port));
      }
      world.until(() => heard.heard.length === 100, 'all of them');
      assert.deepEqual(new Set(heard.of('connect')), new Set([0]));
    });

    for (const ending of ['graceful', 'reset'] as const) {
      scenario(`a connect abandoned (${ending}) while nobody answers leaves no socket`, (world) => {
        const { port, fds } = blackHole();
        world.keep(...fds);
        const heard = new Recorder();
        const socket = world.engine.adopt(openStream(4), heard);
        world.engine.connect(socket, packAddress(IPV4, port));
        world.settle();
        assert.deepEqual(heard.heard, []);
        assert.equal(statesTowards(port).filter((state) => state === SYN_SENT).length, 1);
        world.engine.close(socket, ending);
        world.until(() => world.engine.size === 0, 'the close');
        assert.equal(statesTowards(port).filter((state) => state === SYN_SENT).length, 0);
        assert.deepEqual(heard.heard, []);
      });
    }

    scenario('a connect abandoned before its first turn leaves no socket', (world) => {
      const { port, fds } = blackHole();
      world.keep(...fds);
      const socket = world.engine.adopt(openStream(4), new Recorder());
      world.engine.connect(socket, packAddress(IPV4, port));
      world.engine.close(socket, 'reset');
      world.until(() => world.engine.size === 0, 'the close');
      assert.equal(statesTowards(port).filter((state) => state === SYN_SENT).length, 0);
    });
  });
}
