// Datagrams that go through the kernel together (UDP GSO and GRO) arrive as if each had gone by itself. io_uring and epoll alike.
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import * as libc from '../../../../src/linux/libc.js';
import { mapMemory, unmap } from '../../../../src/linux/memory.js';
import { readDatagrams } from '../../udp/peers.js';
import { ENGINES } from '../../world.js';
import { scenarioOf } from '../scenario.js';
import { both, bytes, memory, outgoing } from './world.js';

function withoutChecksums(fd: number): void {
  const value = mapMemory(4096);
  value.ints[0] = 1;
  const [SOL_SOCKET, SO_NO_CHECK] = [1, 11];
  assert.equal(libc.setsockopt(fd, SOL_SOCKET, SO_NO_CHECK, value.address, 4), 0);
  unmap(value);
}

for (const engine of ENGINES) {
  const scenario = scenarioOf(engine);

  describe(`${engine.kind}: datagrams together`, () => {
    scenario(
      'several datagrams in one call: with a head before each, out of records, the last one shorter',
      (world) => {
        const { heard, socket, peer } = both(world);
        memory.bytes.set(bytes('..one..two..six..en'));
        const shape = { offset: 2, count: 4, stride: 5, size: 3, last: 2 };
        world.engine.sendDatagrams(socket, outgoing(peer.packed, { ...shape, head: bytes('#') }));
        world.engine.sendDatagrams(socket, outgoing(peer.packed, shape));
        world.engine.sendDatagrams(socket, outgoing(peer.packed, { offset: 2, count: 3, stride: 5, size: 5, last: 4 }));
        world.settle();
        const expected = ['#one', '#two', '#six', '#en', 'one', 'two', 'six', 'en', 'one..', 'two..', 'six.'];
        assert.deepEqual(readDatagrams(peer.fd, expected.length), expected);
        world.engine.sendDatagrams(socket, outgoing(peer.packed, { offset: 2, count: 3, stride: 5, size: 3, last: 0 }));
        world.settle();
        assert.deepEqual(readDatagrams(peer.fd, 3), ['one', 'two', '']);
        assert.deepEqual(heard.unsent, []);
      },
    );

    scenario('datagrams that were sent as one come as one batch', (world) => {
      const { heard, socket, at } = both(world);
      for (let i = 0; i < 10; i += 1) memory.bytes.fill(48 + i, i * 1000, (i + 1) * 1000);
      world.engine.sendDatagrams(socket, outgoing(at, { size: 1000, stride: 1000, count: 10, last: 500 }));
      world.until(() => heard.heard.length === 10, 'all of them');
      assert.deepEqual(heard.batches, [10]);
      assert.deepEqual(
        heard.texts.map((text) => [text[0], text.length]),
        [...Array.from({ length: 9 }, (_, i) => [`${i}`, 1000]), ['9', 500]],
      );
    });

    scenario('datagrams of one turn arrive as they were: of other sizes, with heads, with ECN, to others', (world) => {
      const { heard, socket, at, peer } = both(world);
      const [one, two] = [bytes('one '), bytes('two ')];
      const sent: string[] = [];
      const send = (head: Uint8Array | undefined, text: string, ecn = 0): void => {
        world.engine.sendDatagramCopy(socket, peer.packed, head, bytes(text), ecn);
        sent.push(head === undefined ? text : Buffer.concat([head, bytes(text)]).toString('latin1'));
      };
      const arrived = (): void => {
        world.settle();
        assert.deepEqual(readDatagrams(peer.fd, sent.length), sent);
        sent.length = 0;
      };
      for (let i = 0; i < 150; i += 1) send(undefined, `plain ${1000 + i}`);
      arrived();
      for (let i = 0; i < 150; i += 1) send(one, `with a head ${1000 + i}`);
      arrived();
      const sizes = ['aaa', 'aaa', 'aa', 'aaa', 'aaaa', 'aaaa', '', 'a', 'a', '', ''];
      for (const text of sizes) send(undefined, text);
      for (const text of sizes) send(two, text);
      for (const head of [one, one, two, two, one, undefined, one]) send(head, 'the same');
      for (const ecn of [0, 0, 1, 1, 2, 0]) send(undefined, 'the same', ecn);
      // The caller's own arrays may be written anew.
      const head = bytes('A');
      for (let i = 0; i < 4; i += 1) {
        send(head, 'of one array');
        if (i % 2 === 1) head[0] += 1;
      }
      arrived();
      const all = Array.from({ length: 20 }, (_, i) => `${i}`);
      const isToOwn = (text: string): boolean => Number(text) % 3 === 0;
      for (const text of all) {
        world.engine.sendDatagramCopy(socket, isToOwn(text) ? at : peer.packed, undefined, bytes(text), 0);
      }
      world.until(() => heard.heard.length === 7, 'its own');
      assert.deepEqual(heard.texts, all.filter(isToOwn));
      assert.deepEqual(
        readDatagrams(peer.fd, 13),
        all.filter((text) => !isToOwn(text)),
      );
      assert.deepEqual(heard.unsent, []);
    });

    scenario('datagrams of one turn go as one', (world) => {
      const { heard, socket, at } = both(world);
      for (let i = 0; i < 10; i += 1) world.engine.sendDatagramCopy(socket, at, bytes('>'), bytes(`${i}`), 0);
      world.until(() => heard.heard.length === 10, 'all of them');
      assert.deepEqual(heard.batches, [10]);
    });

    scenario('where the way out takes no joined ones, all go one by one', (world) => {
      const { heard, socket, at } = both(world);
      // Without checksums there is nothing that the kernel could cut (udp(7) UDP_SEGMENT).
      withoutChecksums(socket.fd);
      const rounds = [0, 1, 2];
      for (const round of rounds) {
        for (let i = 0; i < 5; i += 1) world.engine.sendDatagramCopy(socket, at, bytes('>'), bytes(`${round}${i}`), 1);
        for (let i = 5; i < 9; i += 1) world.engine.sendDatagramCopy(socket, at, undefined, bytes(`${round}${i}`), 0);
        memory.bytes.set(bytes('abcdefg'));
        world.engine.sendDatagrams(socket, outgoing(at, { size: 2, count: 4, last: 1 }));
        world.engine.sendDatagrams(socket, outgoing(at, { size: 2, stride: 3, count: 2, head: bytes('#') }));
        world.until(() => heard.heard.length === 15 * (round + 1), 'all of them');
      }
      const of = (round: number): string[] => [
        ...[0, 1, 2, 3, 4].map((i) => `>${round}${i}`),
        ...[5, 6, 7, 8].map((i) => `${round}${i}`),
        ...['ab', 'cd', 'ef', 'g', '#ab', '#de'],
      ];
      assert.deepEqual(heard.texts, rounds.flatMap(of));
      assert.deepEqual([...new Set(heard.batches)], [1]);
      assert.deepEqual(
        heard.heard.slice(0, 6).map(({ ecn }) => ecn),
        [1, 1, 1, 1, 1, 0],
      );
      assert.deepEqual(heard.unsent, []);
    });

    scenario('more than the kernel takes at once goes in several messages', (world) => {
      const { heard, socket, at } = both(world);
      memory.bytes.fill(65, 0, 65_000);
      world.engine.sendDatagrams(socket, outgoing(at, { size: 650, count: 100 }));
      world.engine.sendDatagrams(socket, outgoing(at, { size: 650, count: 100, head: Buffer.alloc(1000, 66) }));
      world.until(() => heard.heard.length === 200, 'all of them');
      assert.deepEqual([...new Set(heard.texts.map((text) => text.length))], [650, 1650]);
      assert.deepEqual(heard.unsent, []);
    });
  });
}
