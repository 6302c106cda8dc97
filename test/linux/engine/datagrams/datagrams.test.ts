// Datagrams: what is told of them, and what becomes of those that are sent. io_uring and epoll alike.
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { packAddress } from '../../../../src/linux/addresses.js';
import { MESSAGES_MAX } from '../../../../src/linux/engine/uring-datagrams.js';
import { ECONNREFUSED, EMSGSIZE, ENOBUFS } from '../../../../src/linux/errno.js';
import { connectTo } from '../../../../src/linux/sockets.js';
import { IPV4, IPV6 } from '../../peers.js';
import { closedUdpPort, readDatagrams, sendTo, udpSocket } from '../../udp/peers.js';
import { ENGINES, TINY } from '../../world.js';
import { scenarioOf } from '../scenario.js';
import { DatagramRecorder } from './recorder.js';
import { both, bytes, outgoing } from './world.js';

for (const engine of ENGINES) {
  const { kind } = engine;
  const scenario = scenarioOf(engine);

  describe(`${kind}: datagrams`, () => {
    scenario('each datagram is told with its sender, and nothing is left out or joined', (world) => {
      const { heard, at, peer } = both(world);
      const other = udpSocket();
      world.keep(other.fd);
      const sent = Array.from({ length: 100 }, (_, i) => `${i}`.repeat(i));
      sendTo(peer.fd, at, ...sent.map(bytes));
      sendTo(other.fd, at, bytes('from another'));
      world.until(() => heard.heard.length === 101, 'all of them');
      assert.deepEqual(heard.texts, [...sent, 'from another']);
      assert.equal(heard.heard[0].from, `127.0.0.1:${peer.local.port}`);
      assert.equal(heard.heard[100].from, `127.0.0.1:${other.local.port}`);
      assert.deepEqual([...new Set(heard.heard.map(({ ecn }) => ecn))], [0]);
    });

    scenario('IPv6, both ways', (world) => {
      const { heard, socket, at, peer } = both(world, IPV6);
      sendTo(peer.fd, at, bytes('hello'));
      world.until(() => heard.heard.length === 1, 'it');
      assert.equal(heard.heard[0].from, `[0,0,0,1]:${peer.local.port}`);
      world.engine.sendDatagramCopy(socket, peer.packed, undefined, bytes('and back'), 0);
      world.settle();
      assert.deepEqual(readDatagrams(peer.fd, 1), ['and back']);
    });

    scenario('empty datagrams come and go', (world) => {
      const { heard, socket, at, peer } = both(world);
      sendTo(peer.fd, at, bytes(''), bytes('a'), bytes(''), bytes('b'));
      world.until(() => heard.heard.length === 4, 'all of them');
      assert.deepEqual(heard.texts, ['', 'a', '', 'b']);
      world.engine.sendDatagrams(socket, outgoing(peer.packed, { size: 0 }));
      world.engine.sendDatagrams(socket, outgoing(peer.packed, { size: 0, count: 3 }));
      world.engine.sendDatagrams(socket, outgoing(peer.packed, { size: 0, head: bytes('head') }));
      world.settle();
      assert.deepEqual(readDatagrams(peer.fd, 5), ['', '', '', '', 'head']);
    });

    scenario('what comes is sent on from where it lies, while more comes', (world) => {
      const { heard, socket, at, peer } = both(world);
      const sink = udpSocket();
      world.keep(sink.fd);
      heard.react = (_socket, { memory: lent, offset, count, stride, last }) =>
        world.engine.sendDatagrams(socket, {
          ...outgoing(sink.packed, { size: stride, last, offset, count }, lent),
          head: bytes('>'),
        });
      for (let round = 0; round < 5; round += 1) {
        const sent = Array.from({ length: 200 }, (_, i) => `${round}.${i}`);
        sendTo(peer.fd, at, ...sent.map(bytes));
        world.until(() => heard.heard.length === 200 * (round + 1), 'all of them');
        world.settle();
        assert.deepEqual(
          readDatagrams(sink.fd, 200),
          sent.map((text) => `>${text}`),
        );
      }
      assert.deepEqual(heard.unsent, []);
    });

    scenario('to the peer of a connected socket', (world) => {
      const { socket, peer } = both(world);
      assert.equal(connectTo(socket.fd, peer.packed), 0);
      world.engine.sendDatagramCopy(socket, undefined, bytes('head '), bytes('body'), 1);
      world.settle();
      assert.deepEqual(readDatagrams(peer.fd, 1), ['head body']);
    });

    for (const ip of [IPV4, IPV6]) {
      scenario(`ECN is told and sent, in IPv${ip === IPV4 ? 4 : 6}`, (world) => {
        const { heard, socket, at } = both(world, ip);
        const connected = both(world, ip);
        connectTo(connected.socket.fd, at);
        for (const ecn of [0, 1, 2, 3]) {
          world.engine.sendDatagramCopy(socket, at, undefined, bytes('to'), ecn);
          world.engine.sendDatagramCopy(connected.socket, undefined, undefined, bytes('connected'), ecn);
        }
        world.engine.sendDatagrams(socket, outgoing(at, { size: 10, count: 3, ecn: 2 }));
        world.until(() => heard.heard.length === 11, 'all of them');
        const ecnOf = (wanted: string): number[] =>
          heard.heard.filter(({ text }) => text === wanted).map(({ ecn }) => ecn);
        assert.deepEqual(ecnOf('to'), [0, 1, 2, 3]);
        assert.deepEqual(ecnOf('connected'), [0, 1, 2, 3]);
        assert.deepEqual(
          heard.heard.slice(-3).map(({ ecn }) => ecn),
          [2, 2, 2],
        );
      });

      scenario(
        `a closed port costs no other datagram, and the error says which, in IPv${ip === IPV4 ? 4 : 6}`,
        (world) => {
          const { heard, socket, at, peer } = both(world, ip);
          const closed = closedUdpPort(ip);
          for (let i = 0; i < 10; i += 1) {
            world.engine.sendDatagramCopy(socket, packAddress(ip, closed), undefined, bytes('nobody'), 0);
            world.engine.sendDatagramCopy(socket, peer.packed, undefined, bytes(`${i}`), 0);
          }
          world.until(() => heard.errors.length === 10, 'the errors');
          assert.deepEqual(readDatagrams(peer.fd, 10), ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
          assert.deepEqual(heard.unsent, []);
          const [error] = heard.errors;
          assert.equal(error.errno, ECONNREFUSED);
          assert.equal(error.origin, ip === IPV4 ? 'icmp' : 'icmp6');
          assert.deepEqual([Buffer.from(error.to.ip), error.to.port], [Buffer.from(ip), closed]);
          assert.deepEqual(error.from === undefined ? undefined : Buffer.from(error.from), Buffer.from(ip));
          // And the socket goes on.
          sendTo(peer.fd, at, bytes('still there?'));
          world.until(() => heard.heard.length === 1, 'it');
        },
      );
    }

    scenario('a datagram that is too long is told of in a later turn', (world) => {
      const { heard, socket, peer } = both(world);
      world.engine.sendDatagramCopy(socket, peer.packed, undefined, Buffer.alloc(65_508), 0);
      world.engine.sendDatagrams(socket, outgoing(peer.packed, { size: 65_500, head: bytes('12345678') }));
      world.engine.sendDatagramCopy(socket, peer.packed, undefined, bytes('the next one'), 0);
      assert.deepEqual(heard.unsent, []);
      world.until(() => heard.unsent.length > 0, 'both');
      assert.deepEqual(heard.unsent, [{ count: 2, error: -EMSGSIZE }]);
      assert.deepEqual(readDatagrams(peer.fd, 1), ['the next one']);
    });

    scenario('the longest datagram comes and goes whole', (world) => {
      const { heard, socket, at } = both(world);
      const longest = Buffer.alloc(65_507, 7);
      world.engine.sendDatagramCopy(socket, at, undefined, longest, 0);
      world.until(() => heard.heard.length === 1, 'it');
      assert.ok(heard.texts[0] === longest.toString('latin1'));
      assert.equal(heard.cut, 0);
    });

    scenario(
      'a datagram that is longer than a buffer is counted, and the others come',
      (world) => {
        const { heard, at, peer } = both(world);
        sendTo(peer.fd, at, bytes('before'), Buffer.alloc(3000), bytes('after'));
        world.until(() => heard.heard.length === 2, 'the two');
        assert.deepEqual(heard.texts, ['before', 'after']);
        assert.equal(heard.cut, 1);
      },
      TINY,
    );

    scenario(
      'few buffers lose nothing, with full rings among it',
      (world) => {
        const all = Array.from({ length: 20 }, () => both(world));
        for (const { socket, heard, peer } of all) {
          heard.react = (_socket, { memory: lent, offset, last }) =>
            world.engine.sendDatagrams(socket, outgoing(peer.packed, { offset, size: last }, lent));
        }
        const sent = Array.from({ length: 40 }, (_, i) => `${i}`);
        for (const { at, peer } of all) sendTo(peer.fd, at, ...sent.map(bytes));
        world.until(() => all.every(({ heard }) => heard.heard.length === sent.length), 'all of them', 2000);
        world.settle();
        for (const { heard, peer } of all) {
          assert.deepEqual(heard.texts, sent);
          assert.deepEqual(readDatagrams(peer.fd, sent.length), sent);
        }
        if (kind === 'uring') assert.ok(world.engine.counts.bufferWaits > 0);
      },
      TINY,
    );

    scenario('a socket closed by its handler tells no more, and what it had sent has gone', (world) => {
      const { heard, socket, at, peer } = both(world);
      heard.react = () => {
        world.engine.sendDatagramCopy(socket, peer.packed, undefined, bytes('last words'), 0);
        world.engine.close(socket, 'graceful');
      };
      sendTo(peer.fd, at, bytes('one'), bytes('two'), bytes('three'));
      world.until(() => world.engine.size === 0, 'the close');
      world.settle();
      assert.deepEqual(heard.texts, ['one']);
      assert.deepEqual(readDatagrams(peer.fd, 1), ['last words']);
    });

    scenario('a socket that is flooded leaves others their share of each turn', (world) => {
      const flooded = both(world);
      const others = Array.from({ length: 20 }, () => both(world));
      world.settle();
      for (let i = 0; i < 10; i += 1) {
        sendTo(flooded.peer.fd, flooded.at, ...Array.from({ length: 250 }, () => bytes('flood')));
        for (const { at, peer } of others) sendTo(peer.fd, at, bytes(`${i}`));
        world.engine.turn(20);
        world.engine.turn(0);
        world.engine.turn(0);
        for (const { heard } of others) assert.equal(heard.heard.length, i + 1);
      }
    });

    scenario('another handler hears the rest', (world) => {
      const { heard, socket, at, peer } = both(world);
      const heir = new DatagramRecorder();
      heard.react = () => world.engine.handOver(socket, heir);
      sendTo(peer.fd, at, bytes('one'), bytes('two'));
      world.until(() => heir.heard.length === 1, 'the second');
      assert.deepEqual([heard.texts, heir.texts], [['one'], ['two']]);
    });

    scenario('more in one turn than it has room for is told, and what was taken arrives', (world) => {
      const { heard, socket, peer } = both(world);
      const other = udpSocket();
      world.keep(other.fd);
      let refused = 0;
      for (let i = 0; i < 5000; i += 1) {
        const { packed } = i % 2 === 0 ? peer : other;
        // Not to be joined to the last one that was taken.
        world.engine.sendDatagramCopy(socket, packed, undefined, bytes(`${i}`), i < MESSAGES_MAX ? 0 : 1);
      }
      world.settle();
      for (const { count, error } of heard.unsent) refused += error === -ENOBUFS ? count : 0;
      assert.equal(refused, kind === 'uring' ? 5000 - MESSAGES_MAX : 0);
      assert.deepEqual(readDatagrams(peer.fd, 3), ['0', '2', '4']);
    });
  });
}
