// The completion engine, io_uring and epoll alike: one suite, run over both. Peers are plain sockets (peers.ts), and
// every test ends with balanced books and no fd left (world.ts). The engine beside libuv is loop.test.ts's business.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { packAddress } from '../../../src/linux/addresses.js';
import { makeDoorbell, ring } from '../../../src/linux/doorbell.js';
import { BufferGroup, GROUP_SIZES } from '../../../src/linux/engine/buffers.js';
import { type Engine, SEND_MAX } from '../../../src/linux/engine/engine.js';
import { EpollEngine } from '../../../src/linux/engine/epoll.js';
import { Handler, type Socket } from '../../../src/linux/engine/socket.js';
import { UringEngine, type UringSizes } from '../../../src/linux/engine/uring.js';
import { EAGAIN, ECANCELED, ECONNREFUSED, ECONNRESET, EMFILE } from '../../../src/linux/errno.js';
import * as libc from '../../../src/linux/libc.js';
import { type Memory, mapMemory, unmap } from '../../../src/linux/memory.js';
import { closeFd, openStream, sendBytes, shutdownWrite } from '../../../src/linux/sockets.js';
import {
  acceptFrom,
  awaitReady,
  blackHole,
  connectedPair,
  connecting,
  deadPort,
  fillUp,
  IPV4,
  IPV6,
  listening,
  openFds,
  POLLIN,
  readExactly,
  readNow,
  readToEnd,
  resetFd,
  statesTowards,
} from '../peers.js';
import { ENGINES, leftOpen, Recorder, TINY, World } from '../world.js';

/** Sends on what it receives. */
class Passer extends Handler {
  passed = 0;
  readonly #engine: Engine;
  readonly #sink: Socket;

  constructor(engine: Engine, sink: Socket) {
    super();
    this.#engine = engine;
    this.#sink = sink;
  }

  override onReceive(_socket: Socket, result: number, memory: Memory, offset: number): void {
    this.#engine.send(this.#sink, memory, offset, result);
    this.passed += 1;
  }
}

const HELLO = Buffer.from('hello');
const SYN_SENT = 2;
const { handshake, small } = BufferGroup;

for (const { kind, missing } of ENGINES) {
  const scenario = (name: string, body: (world: World) => void | Promise<void>, sizes?: UringSizes): void => {
    test(name, { skip: missing ?? false }, async () => {
      const world = new World(kind, sizes);
      try {
        await body(world);
      } finally {
        world.destroy();
      }
      world.end();
    });
  };

  describe(`${kind}: accepting`, () => {
    scenario('one accept takes one connection, and the next stays in the backlog', (world) => {
      const { fd, port } = listening();
      const heard = new Recorder();
      const listener = world.engine.adopt(fd, heard);
      world.engine.accept(listener, false);
      world.keep(connecting(port), connecting(port));
      world.until(() => heard.heard.length > 0, 'a connection');
      world.settle();
      assert.equal(heard.accepted.length, 1);
      world.engine.accept(listener, false);
      world.until(() => heard.accepted.length === 2, 'the second connection');
      world.keep(...heard.accepted);
    });

    scenario('accepting many takes those that came before and those that come after', (world) => {
      const { fd, port } = listening();
      const heard = new Recorder();
      for (let i = 0; i < 20; i += 1) world.keep(connecting(port));
      world.engine.accept(world.engine.adopt(fd, heard), true);
      world.until(() => heard.heard.length === 20, 'the first 20');
      for (let i = 0; i < 20; i += 1) world.keep(connecting(port));
      world.until(() => heard.heard.length === 40, 'all 40');
      assert.equal(new Set(heard.accepted).size, 40);
      world.keep(...heard.accepted);
    });

    scenario('more connections than one batch are all accepted', (world) => {
      const { fd, port } = listening();
      const heard = new Recorder();
      for (let i = 0; i < 300; i += 1) world.keep(connecting(port));
      world.engine.accept(world.engine.adopt(fd, heard), true);
      world.until(() => heard.accepted.length === 300, 'all 300');
      world.keep(...heard.accepted);
    });

    scenario('accepted sockets are non-blocking and close-on-exec', (world) => {
      const { fd, port } = listening();
      const heard = new Recorder();
      world.keep(connecting(port));
      world.engine.accept(world.engine.adopt(fd, heard), true);
      world.until(() => heard.accepted.length === 1, 'a connection');
      const [accepted] = heard.accepted;
      world.keep(accepted);
      assert.equal(libc.fcntl(accepted, 1, 0), 1);
      assert.equal(libc.fcntl(accepted, 3, 0) & 0x800, 0x800);
    });

    scenario('a listener closed with accepts in flight loses no fd and leaves its port', (world) => {
      const { fd, port } = listening();
      const heard = new Recorder();
      const listener = world.engine.adopt(fd, heard);
      world.engine.accept(listener, true);
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

    scenario('a listener may close itself while it is told of many connections', (world) => {
      const { fd, port } = listening();
      const heard = new Recorder();
      for (let i = 0; i < 10; i += 1) world.keep(connecting(port));
      const listener = world.engine.adopt(fd, heard);
      heard.react = (socket) => world.engine.close(socket, 'graceful');
      world.engine.accept(listener, true);
      world.until(() => world.engine.size === 0, 'the close');
      world.settle();
      assert.equal(heard.heard.length, 1);
      world.keep(...heard.accepted);
    });

    scenario('connections accepted but not yet told are closed by destroy', (world) => {
      const { fd, port } = listening();
      const heard = new Recorder();
      for (let i = 0; i < 10; i += 1) world.keep(connecting(port));
      heard.react = () => {
        throw new Error('the actor dies here');
      };
      world.engine.accept(world.engine.adopt(fd, heard), true);
      assert.throws(() => world.until(() => false, 'the throw'), /the actor dies here/);
      world.keep(...heard.accepted);
    });

    scenario('running out of fds ends accepting with -EMFILE', (world) => {
      const { fd, port } = listening();
      const heard = new Recorder();
      world.keep(connecting(port));
      const listener = world.engine.adopt(fd, heard);
      const restore = limitFds(0);
      try {
        world.engine.accept(listener, true);
        world.until(() => heard.heard.length > 0, 'the error');
        world.settle();
      } finally {
        restore();
      }
      assert.deepEqual(heard.of('accept'), [-EMFILE]);
      world.engine.accept(listener, true);
      world.until(() => heard.accepted.length === 1, 'accepting again finds it');
      world.keep(...heard.accepted);
    });
  });

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

  describe(`${kind}: receiving`, () => {
    scenario('data that came before the call is received', (world) => {
      const heard = new Recorder();
      const { socket, peer } = world.connection(heard);
      sendBytes(peer, HELLO);
      world.engine.receive(socket, handshake);
      assert.deepEqual(heard.heard, [], 'nothing completes inside the call');
      world.until(() => heard.heard.length > 0, 'the data');
      assert.deepEqual(heard.bytes, HELLO);
    });

    scenario('data that comes after the call is received, and each receive is told once', (world) => {
      const heard = new Recorder();
      const { socket, peer } = world.connection(heard);
      for (let i = 0; i < 5; i += 1) {
        world.engine.receive(socket, small);
        world.settle();
        assert.equal(heard.heard.length, i);
        sendBytes(peer, HELLO);
        world.until(() => heard.heard.length === i + 1, 'the data');
        sendBytes(peer, HELLO);
        world.settle();
        assert.equal(heard.heard.length, i + 1, 'not asked for');
        world.engine.receive(socket, small);
        world.until(() => heard.heard.length === i + 2, 'the rest');
        heard.heard.pop();
      }
    });

    for (const [name, group] of Object.entries(BufferGroup)) {
      scenario(`a ${name} receive brings at most a ${name} buffer, and the next brings the rest`, (world) => {
        const heard = new Recorder();
        const { socket, peer } = world.connection(heard);
        const { size } = GROUP_SIZES[group];
        const message = Buffer.from(Array.from({ length: size + 100 }, (_, i) => i % 251));
        assert.equal(sendBytes(peer, message) + sendBytes(peer, message.subarray(65536)), message.length);
        heard.react = () => {
          if (heard.bytes.length < message.length) world.engine.receive(socket, group);
        };
        world.engine.receive(socket, group);
        world.until(() => heard.bytes.length === message.length, 'all of it');
        assert.ok(heard.bytes.equals(message));
        assert.ok(heard.of('receive').every((result) => result > 0 && result <= size));
        assert.ok(heard.heard.length >= 2);
      });
    }

    scenario('the end of stream is 0 bytes, after the data, also when it came first and is asked again', (world) => {
      const heard = new Recorder();
      const { socket, peer } = world.connection(heard);
      sendBytes(peer, HELLO);
      shutdownWrite(peer);
      for (let i = 0; i < 3; i += 1) {
        world.engine.receive(socket, handshake);
        world.until(() => heard.heard.length === i + 1, `answer ${i}`);
      }
      assert.deepEqual(heard.of('receive'), [5, 0, 0]);
    });

    scenario('an end of stream that comes while a receive waits is told', (world) => {
      const heard = new Recorder();
      const { socket, peer } = world.connection(heard);
      sendBytes(peer, HELLO);
      world.engine.receive(socket, handshake);
      world.until(() => heard.heard.length === 1, 'the data');
      world.engine.receive(socket, handshake);
      world.settle();
      shutdownWrite(peer);
      world.until(() => heard.heard.length === 2, 'the end');
      assert.deepEqual(heard.of('receive'), [5, 0]);
    });

    scenario('a reset is -ECONNRESET, whether the receive was there first or not', (world) => {
      for (const before of [true, false]) {
        const heard = new Recorder();
        const { socket, peer } = world.connection(heard);
        if (before) {
          world.engine.receive(socket, handshake);
          world.settle();
        }
        world.hangUp(peer, resetFd);
        if (!before) world.engine.receive(socket, handshake);
        world.until(() => heard.heard.length === 1, 'the reset');
        assert.deepEqual(heard.of('receive'), [-ECONNRESET]);
        world.engine.close(socket, 'graceful');
      }
    });

    scenario('a turn that told somebody something does not wait out its time', (world) => {
      const heard = new Recorder();
      const { socket, peer } = world.connection(heard);
      sendBytes(peer, HELLO);
      world.engine.receive(socket, handshake);
      const start = performance.now();
      while (heard.heard.length === 0) world.engine.turn(3000);
      assert.ok(performance.now() - start < 1500);
    });

    scenario('a turn waits for at most its time, and not at all for 0 or less', (world) => {
      world.settle();
      const start = performance.now();
      for (let i = 0; i < 100; i += 1) world.engine.turn(i % 2 === 0 ? 0 : -1000);
      assert.ok(performance.now() - start < 1000);
      const waiting = performance.now();
      world.engine.turn(60);
      assert.ok(performance.now() - waiting >= 50);
      assert.ok(world.engine.now >= waiting + 50);
    });

    scenario(
      'more readable sockets than buffers all get their own data, waiting without a spin',
      (world) => {
        const sockets = 24;
        const heard = new Recorder();
        const expected = new Map<Socket, string>();
        for (let i = 0; i < sockets; i += 1) {
          const { socket, peer } = world.connection(heard);
          expected.set(socket, `message ${i}`);
          sendBytes(peer, Buffer.from(`message ${i}`));
          world.engine.receive(socket, small);
        }
        const turns = world.until(() => heard.heard.length >= sockets, 'every message', sockets);
        assert.ok(turns <= sockets / 2 + 2, `${turns} turns`);
        for (const { socket, ...what } of heard.heard) {
          assert.equal(what.bytes.toString(), expected.get(socket));
        }
        if (kind === 'uring') assert.ok(world.engine.counts.bufferWaits > 0);
        const start = performance.now();
        for (let i = 0; i < 3; i += 1) world.engine.turn(30);
        assert.ok(performance.now() - start >= 60, 'nothing is left to wake it');
      },
      { ...TINY, submissions: 256, completions: 512 },
    );

    scenario(
      'a socket closed while it waits for a buffer hears nothing, and the others do',
      (world) => {
        const heard = new Recorder();
        const sockets: Socket[] = [];
        for (let i = 0; i < 12; i += 1) {
          const { socket, peer } = world.connection(heard);
          sockets.push(socket);
          sendBytes(peer, HELLO);
          world.engine.receive(socket, small);
        }
        let told: Socket[] = [];
        heard.react = () => {
          if (told.length > 0) return;
          told = [heard.heard[0].socket];
          for (const socket of sockets.filter((other) => other !== told[0]).slice(0, 5)) {
            world.engine.close(socket, 'reset');
          }
        };
        world.until(() => heard.heard.length >= 7 && world.engine.size === 7, 'the remaining seven');
        world.settle();
        assert.equal(new Set(heard.heard.map(({ socket }) => socket)).size, 7);
        assert.equal(heard.heard.length, 7);
      },
      { ...TINY, submissions: 256, completions: 512 },
    );
  });

  describe(`${kind}: sending`, () => {
    const message = mapMemory(4096);
    message.bytes.set(HELLO);

    const send = (world: World, socket: Socket) => world.engine.send(socket, message, 0, HELLO.length);

    scenario('a message goes out with the turn, and nothing more is heard of it', (world) => {
      const heard = new Recorder();
      const { socket, peer } = world.connection(heard);
      assert.equal(send(world, socket), true);
      assert.deepEqual(heard.heard, [], 'nothing completes inside the call');
      world.settle();
      awaitReady(peer, POLLIN);
      assert.deepEqual(readNow(peer), HELLO);
      assert.deepEqual(heard.heard, []);
    });

    scenario('what is sent in one turn goes in order, in pieces of any origin', (world) => {
      const { socket, peer } = world.connection(new Recorder());
      const long = Buffer.alloc(5000, 7);
      assert.equal(world.engine.sendCopy(socket, HELLO), true);
      assert.equal(send(world, socket), true);
      assert.equal(world.engine.sendCopy(socket, long), true);
      assert.equal(send(world, socket), true);
      world.settle();
      assert.deepEqual(readExactly(peer, 3 * HELLO.length + long.length), Buffer.concat([HELLO, HELLO, long, HELLO]));
    });

    scenario('in one turn at most SEND_MAX bytes are taken, and nothing of what is more', (world) => {
      const heard = new Recorder();
      const { socket, peer } = world.connection(heard);
      const most = Buffer.alloc(SEND_MAX - 1, 1);
      assert.equal(world.engine.sendCopy(socket, Buffer.alloc(SEND_MAX + 1)), false);
      assert.equal(world.engine.sendCopy(socket, most), true);
      if (kind === 'uring') assert.equal(send(world, socket), false);
      world.settle();
      const unsent = heard.bytes.length;
      assert.equal(readExactly(peer, most.length - unsent).length, most.length - unsent);
    });

    scenario('where there is no room, what is left is told with -EAGAIN, and nothing waits', (world) => {
      const heard = new Recorder();
      const { socket, peer } = world.connection(heard);
      const sent = fillUp(socket.fd);
      send(world, socket);
      world.until(() => heard.heard.length > 0, 'the outcome');
      assert.deepEqual(heard.of('unsent'), [-EAGAIN]);
      assert.deepEqual(heard.bytes, HELLO);
      world.engine.close(socket, 'graceful');
      world.until(() => world.engine.size === 0, 'the close');
      assert.equal(readToEnd(peer).bytes.length, sent);
    });

    scenario('where there is room for a part, the rest is told, and all of it is there in the end', (world) => {
      const heard = new Recorder();
      const { socket, peer } = world.connection(heard);
      const sent = fillUp(socket.fd);
      // Room comes in steps of half a buffer or so: less than a whole send of this turn.
      const many = Buffer.alloc(SEND_MAX, 9);
      const read: Buffer[] = [];
      let handed = 0;
      while (heard.heard.length === 0 || heard.heard.every(({ bytes }) => bytes.length === many.length)) {
        const part = readNow(peer);
        if (typeof part !== 'number') read.push(part);
        if (world.engine.sendCopy(socket, many)) handed += many.length;
        world.settle();
      }
      const unsent = heard.heard.reduce((sum, { bytes }) => sum + bytes.length, 0);
      world.engine.close(socket, 'graceful');
      world.until(() => world.engine.size === 0, 'the close');
      const got = read.reduce((sum, { length }) => sum + length, 0) + readToEnd(peer).bytes.length;
      assert.equal(got, sent + handed - unsent);
    });

    scenario('a connection that was reset is told as such, without a signal', (world) => {
      const heard = new Recorder();
      const { socket, peer } = world.connection(heard);
      world.hangUp(peer, resetFd);
      send(world, socket);
      world.until(() => heard.heard.length > 0, 'the outcome');
      assert.deepEqual(heard.of('unsent'), [-ECONNRESET]);
    });

    for (const reading of ['receive', 'stream'] as const) {
      scenario(`a reset that a send found is told before the end of stream that a ${reading} then finds`, (world) => {
        const heard = new Recorder();
        const sink = world.connection(heard);
        const source = world.connection(new Passer(world.engine, sink.socket));
        world.engine.receive(source.socket, small);
        world.engine[reading](sink.socket, small);
        world.settle();
        // The kernel tells of a reset once: whatever asks second finds an end of stream.
        sendBytes(source.peer, HELLO);
        world.hangUp(sink.peer, resetFd);
        world.until(() => heard.heard.length > 0, 'the reset');
        assert.equal(heard.heard[0].result, -ECONNRESET);
      });
    }

    scenario('a message that was sent before a graceful close is delivered', (world) => {
      const heard = new Recorder();
      const { socket, peer } = world.connection(heard);
      send(world, socket);
      world.engine.close(socket, 'graceful');
      world.until(() => world.engine.size === 0, 'the close');
      assert.deepEqual(readToEnd(peer), { bytes: HELLO, end: 0 });
      assert.deepEqual(heard.heard, []);
    });

    scenario('flush sends at once, and what is sent after it in the same turn waits or is refused', (world) => {
      const { socket, peer } = world.connection(new Recorder());
      send(world, socket);
      world.engine.flush(socket);
      awaitReady(peer, POLLIN);
      assert.deepEqual(readNow(peer), HELLO);
      world.engine.flush(socket);
      assert.equal(send(world, socket), kind === 'epoll');
    });

    scenario('whether something is still being sent is known until the next turn', (world) => {
      const { socket } = world.connection(new Recorder());
      assert.equal(world.engine.isSending(socket), false);
      fillUp(socket.fd);
      send(world, socket);
      assert.equal(world.engine.isSending(socket), true);
      world.engine.flush(socket);
      assert.equal(world.engine.isSending(socket), true);
      world.engine.turn(0);
      assert.equal(world.engine.isSending(socket), false);
    });

    for (const what of ['bytes', 'an end'] as const) {
      for (const how of ['receive', 'pollIn'] as const) {
        scenario(`whoever is told of ${what} (${how}) can know what became of a send before`, (world) => {
          const heard = new Recorder();
          const sink = world.connection(heard);
          const reader = new Recorder();
          const source = world.connection(reader);
          fillUp(sink.socket.fd);
          const known: boolean[] = [];
          reader.react = () => known.push(heard.of('unsent').length > 0 || world.engine.isSending(sink.socket));
          if (what === 'bytes') sendBytes(source.peer, HELLO);
          else shutdownWrite(source.peer);
          // It is submitted before the send, and so is its outcome before that of the send.
          world.engine[how](source.socket, small);
          world.engine.sendCopy(sink.socket, HELLO);
          world.until(() => heard.heard.length > 0 && known.length > 0, 'both outcomes');
          assert.deepEqual(known, [true]);
          assert.deepEqual(heard.of('unsent'), [-EAGAIN]);
        });
      }
    }

    scenario('the bytes of a receive can be sent on', (world) => {
      const sink = world.connection(new Recorder());
      const heard = new Passer(world.engine, sink.socket);
      const source = world.connection(heard);
      for (let round = 0; round < 600; round += 1) {
        // More rounds than there are buffers: each comes back.
        world.engine.receive(source.socket, BufferGroup.small);
        sendBytes(source.peer, HELLO);
        world.until(() => heard.passed === round + 1, 'the receive');
        world.engine.turn(0);
        awaitReady(sink.peer, POLLIN);
        assert.deepEqual(readNow(sink.peer), HELLO);
      }
    });
  });

  describe(`${kind}: streaming`, () => {
    for (const armed of ['before', 'after'] as const) {
      scenario(`bytes and a reset that come together are both told to a stream armed ${armed} them`, (world) => {
        const heard = new Recorder();
        const { socket, peer } = world.connection(heard);
        // By now the engine knows that there is nothing to read.
        sendBytes(peer, HELLO);
        world.engine.receive(socket, small);
        world.until(() => heard.heard.length === 1, 'the first bytes');
        if (armed === 'before') world.engine.stream(socket);
        world.settle();
        sendBytes(peer, HELLO);
        world.hangUp(peer, resetFd);
        if (armed === 'after') world.engine.stream(socket);
        world.until(() => heard.heard.length === 3, 'the reset');
        assert.deepEqual(heard.of('receive'), [HELLO.length, HELLO.length, -ECONNRESET]);
      });
    }

    scenario('whatever comes is told without being asked for again, and so is the end', (world) => {
      const heard = new Recorder();
      const { socket, peer } = world.connection(heard);
      world.engine.stream(socket);
      for (let round = 1; round <= 3; round += 1) {
        sendBytes(peer, HELLO);
        world.until(() => heard.heard.length === round, 'the bytes');
      }
      assert.deepEqual(heard.bytes, Buffer.concat([HELLO, HELLO, HELLO]));
      world.hangUp(peer, closeFd);
      world.until(() => heard.heard.length === 4, 'the end');
      world.settle();
      assert.deepEqual(heard.of('receive').slice(3), [0]);
    });

    scenario('an end can be asked for again while it is told, and any number of times', (world) => {
      const heard = new Recorder();
      const { socket, peer } = world.connection(heard);
      sendBytes(peer, HELLO);
      shutdownWrite(peer);
      heard.react = (_socket, { result }) => {
        if (result === 0 && heard.heard.length < 5) world.engine.stream(socket);
      };
      world.engine.stream(socket);
      world.until(() => heard.heard.length === 5, 'the ends');
      world.settle();
      assert.deepEqual(heard.of('receive'), [5, 0, 0, 0, 0]);
      // Nor is one of them still being received.
      world.engine.receive(socket, small);
      world.until(() => heard.heard.length === 6, 'one more');
    });

    scenario('after stopStream it is told once that no more comes, and what comes later waits', (world) => {
      const heard = new Recorder();
      const { socket, peer } = world.connection(heard);
      world.engine.stream(socket);
      world.settle();
      world.engine.stopStream(socket);
      world.engine.stopStream(socket);
      world.until(() => heard.heard.length > 0, 'the stop');
      assert.equal(heard.of('stopped').length, 1);
      sendBytes(peer, HELLO);
      world.settle();
      assert.equal(heard.heard.length, 1);
      world.engine.receive(socket, BufferGroup.small);
      world.until(() => heard.heard.length === 2, 'the bytes');
      assert.deepEqual(heard.bytes, HELLO);
    });

    scenario('stopped while it tells, it loses nothing, and can be begun anew', (world) => {
      const heard = new Recorder();
      const { socket, peer } = world.connection(heard);
      const bytes = Buffer.alloc(100_000, 5);
      heard.react = (_socket, { kind: what }) => {
        if (what === 'receive') world.engine.stopStream(socket);
        else world.engine.stream(socket);
      };
      world.engine.stream(socket);
      let sent = 0;
      while (heard.bytes.length < bytes.length) {
        if (sent < bytes.length) sent += Math.max(sendBytes(peer, bytes.subarray(sent)), 0);
        world.engine.turn(1);
      }
      assert.deepEqual(heard.bytes, bytes);
      assert.ok(heard.of('stopped').length > 0);
    });

    scenario('a close in the midst of it tells nothing more', (world) => {
      const heard = new Recorder();
      const { socket, peer } = world.connection(heard);
      world.engine.stream(socket);
      heard.react = () => world.engine.close(socket, 'graceful');
      sendBytes(peer, HELLO);
      world.until(() => heard.heard.length === 1, 'the bytes');
      world.until(() => world.engine.size === 0, 'the close');
      assert.equal(readToEnd(peer).bytes.length, 0);
      world.settle();
      assert.equal(heard.heard.length, 1);
    });

    scenario(
      'without buffers and with a completion ring that overflows, many streams lose nothing',
      (world) => {
        const message = Buffer.alloc(64, 3);
        const streams = Array.from({ length: 40 }, () => {
          const heard = new Recorder();
          const connection = world.connection(heard);
          world.engine.stream(connection.socket);
          return { heard, peer: connection.peer };
        });
        for (let round = 1; round <= 5; round += 1) {
          for (const { peer } of streams) sendBytes(peer, message);
          world.until(() => streams.every(({ heard }) => heard.bytes.length === round * 64), `round ${round}`);
        }
      },
      TINY,
    );
  });

  describe(`${kind}: polling`, () => {
    scenario('pollIn tells of data that comes, takes none of it, and is told once', (world) => {
      const heard = new Recorder();
      const { socket, peer } = world.connection(heard);
      world.engine.pollIn(socket);
      world.settle();
      assert.deepEqual(heard.heard, []);
      sendBytes(peer, HELLO);
      world.until(() => heard.heard.length > 0, 'the data');
      sendBytes(peer, HELLO);
      world.settle();
      assert.equal(heard.of('pollIn').length, 1);
      assert.ok(heard.of('pollIn')[0] > 0);
      assert.deepEqual(readNow(socket.fd), Buffer.concat([HELLO, HELLO]));
      world.engine.pollIn(socket);
      world.settle();
      assert.equal(heard.heard.length, 1, 'nothing is there any more');
      sendBytes(peer, HELLO);
      world.until(() => heard.heard.length === 2, 'new data');
    });

    scenario('pollIn tells of data, of an end and of a reset that were there before', (world) => {
      for (const make of [(fd: number) => sendBytes(fd, HELLO), shutdownWrite]) {
        const heard = new Recorder();
        const { socket, peer } = world.connection(heard);
        make(peer);
        world.engine.pollIn(socket);
        world.until(() => heard.heard.length > 0, 'what was there');
      }
      const heard = new Recorder();
      const { socket, peer } = world.connection(heard);
      world.hangUp(peer, resetFd);
      world.engine.pollIn(socket);
      world.until(() => heard.heard.length > 0, 'the reset');
      assert.equal(heard.of('pollIn').length, 1);
    });

    scenario('pollOut is told at once while there is room', (world) => {
      const heard = new Recorder();
      const { socket } = world.connection(heard);
      world.engine.pollOut(socket);
      world.until(() => heard.heard.length > 0, 'room');
      world.settle();
      assert.equal(heard.of('pollOut').length, 1);
    });

    scenario('pollOut waits while the buffer is full, until the peer reads', (world) => {
      const heard = new Recorder();
      const { socket, peer } = world.connection(heard);
      const sent = fillUp(socket.fd);
      assert.equal(sendBytes(socket.fd, HELLO), -EAGAIN);
      world.engine.pollOut(socket);
      world.settle();
      assert.deepEqual(heard.heard, []);
      let read = 0;
      for (let turn = 0; turn < 2000 && heard.heard.length === 0; turn += 1) {
        const part = readNow(peer);
        if (typeof part !== 'number') read += part.length;
        world.engine.turn(1);
      }
      assert.equal(heard.of('pollOut').length, 1);
      assert.ok(read <= sent);
      assert.ok(sendBytes(socket.fd, HELLO) > 0);
    });

    scenario('pollHangup does not hear data or a half-close, and does not spin on them', (world) => {
      for (const before of [true, false]) {
        const heard = new Recorder();
        const { socket, peer } = world.connection(heard);
        if (!before) {
          world.engine.pollHangup(socket);
          world.settle();
        }
        sendBytes(peer, HELLO);
        shutdownWrite(peer);
        if (before) world.engine.pollHangup(socket);
        world.settle();
        assert.deepEqual(heard.heard, []);
        const start = performance.now();
        for (let i = 0; i < 3; i += 1) world.engine.turn(30);
        assert.ok(performance.now() - start >= 60);
        assert.deepEqual(heard.heard, []);
        world.hangUp(peer, resetFd);
        world.until(() => heard.heard.length > 0, 'the reset after the half-close');
        world.settle();
        assert.equal(heard.of('pollHangup').length, 1);
        world.engine.close(socket, 'reset');
        world.until(() => world.engine.size === 0, 'the close');
      }
    });

    scenario('pollHangup hears a reset that comes and one that was there, each time it is asked', (world) => {
      for (const before of [true, false]) {
        const heard = new Recorder();
        const { socket, peer } = world.connection(heard);
        if (before) world.hangUp(peer, resetFd);
        world.engine.pollHangup(socket);
        if (!before) {
          world.settle();
          world.hangUp(peer, resetFd);
        }
        world.until(() => heard.heard.length === 1, 'the reset');
        assert.ok(heard.of('pollHangup')[0] > 0);
        world.engine.pollHangup(socket);
        world.until(() => heard.heard.length === 2, 'the reset, asked again');
        world.settle();
        assert.equal(heard.heard.length, 2);
      }
    });

    scenario('pollHangup that was asked twice is told once, before and after a half-close', (world) => {
      for (const halfClosed of [true, false]) {
        const heard = new Recorder();
        const { socket, peer } = world.connection(heard);
        world.engine.pollHangup(socket);
        world.settle();
        if (halfClosed) {
          shutdownWrite(peer);
          world.settle();
        }
        world.engine.pollHangup(socket);
        world.settle();
        world.hangUp(peer, resetFd);
        world.until(() => heard.heard.length > 0, 'the reset');
        world.settle();
        assert.equal(heard.of('pollHangup').length, 1);
      }
    });

    scenario('pollHangup hears that both directions have ended, whichever ended first', (world) => {
      for (const ourselvesFirst of [true, false]) {
        const heard = new Recorder();
        const { socket, peer } = world.connection(heard);
        world.engine.pollHangup(socket);
        world.settle();
        if (ourselvesFirst) shutdownWrite(socket.fd);
        else shutdownWrite(peer);
        world.settle();
        assert.deepEqual(heard.heard, []);
        if (ourselvesFirst) shutdownWrite(peer);
        else shutdownWrite(socket.fd);
        world.until(() => heard.heard.length === 1, 'the end of both');
        world.settle();
        assert.equal(heard.heard.length, 1);
      }
    });

    scenario('a half-close heard, traffic in the other direction goes on and is no hang-up', (world) => {
      const heard = new Recorder();
      const { socket, peer } = world.connection(heard);
      shutdownWrite(peer);
      world.engine.pollHangup(socket);
      world.settle();
      for (let i = 0; i < 20; i += 1) {
        assert.equal(sendBytes(socket.fd, HELLO), 5);
        awaitReady(peer, POLLIN);
        assert.deepEqual(readNow(peer), HELLO);
        world.engine.turn(0);
      }
      assert.deepEqual(heard.heard, []);
    });

    scenario('pollOut waits while the buffer is full, though the peer has half-closed', (world) => {
      for (const before of [true, false]) {
        const heard = new Recorder();
        const { socket, peer } = world.connection(heard);
        for (let round = 1; round <= 3; round += 1) {
          fillUp(socket.fd);
          if (before && round === 1) shutdownWrite(peer);
          world.engine.pollOut(socket);
          world.settle();
          if (!before && round === 1) shutdownWrite(peer);
          world.settle();
          assert.equal(heard.heard.length, round - 1);
          const start = performance.now();
          for (let i = 0; i < 3; i += 1) world.engine.turn(30);
          assert.ok(performance.now() - start >= 60, 'nothing wakes it');
          for (let turn = 0; turn < 2000 && heard.heard.length < round; turn += 1) {
            readNow(peer);
            world.engine.turn(1);
          }
          while (typeof readNow(peer) !== 'number') world.engine.turn(0);
          world.settle();
          assert.equal(heard.heard.length, round);
        }
        world.engine.close(socket, 'reset');
        world.until(() => world.engine.size === 0, 'the close');
      }
    });

    scenario('a receive and all three polls of one socket wait side by side', (world) => {
      const heard = new Recorder();
      const { socket, peer } = world.connection(heard);
      fillUp(socket.fd);
      world.engine.receive(socket, small);
      world.engine.pollIn(socket);
      world.engine.pollOut(socket);
      world.engine.pollHangup(socket);
      world.settle();
      assert.equal(heard.heard.length, 0);
      world.hangUp(peer, resetFd);
      world.until(() => heard.heard.length === 4, 'all four');
      assert.deepEqual(
        new Set(heard.heard.map((each) => each.kind)),
        new Set(['receive', 'pollIn', 'pollOut', 'pollHangup']),
      );
    });
  });

  describe(`${kind}: closing`, () => {
    for (const busy of [false, true]) {
      const state = busy ? 'with operations in flight' : 'at rest';
      scenario(`a graceful close ${state} delivers every byte, then the end`, (world) => {
        const heard = new Recorder();
        const { socket, peer } = world.connection(heard);
        if (busy) {
          world.engine.receive(socket, small);
          world.engine.pollHangup(socket);
          world.settle();
        }
        const sent = fillUp(socket.fd);
        world.engine.close(socket, 'graceful');
        world.until(() => world.engine.size === 0, 'the close');
        const { bytes, end } = readToEnd(peer);
        assert.equal(end, 0);
        assert.equal(bytes.length, sent);
        assert.deepEqual(heard.heard, []);
      });

      scenario(`a reset close ${state} is ECONNRESET at the peer`, (world) => {
        const heard = new Recorder();
        const { socket, peer } = world.connection(heard);
        if (busy) {
          world.engine.receive(socket, small);
          world.engine.pollIn(socket);
          world.engine.pollHangup(socket);
          world.settle();
        }
        world.engine.close(socket, 'reset');
        world.until(() => world.engine.size === 0, 'the close');
        assert.equal(readToEnd(peer).end, -ECONNRESET);
        assert.deepEqual(heard.heard, []);
      });
    }

    scenario('a socket may be closed in the turn in which its operations were asked for', (world) => {
      const heard = new Recorder();
      const { socket, peer } = world.connection(heard);
      sendBytes(peer, HELLO);
      world.engine.receive(socket, small);
      world.engine.pollOut(socket);
      world.engine.close(socket, 'reset');
      world.engine.close(socket, 'graceful');
      world.until(() => world.engine.size === 0, 'the close');
      world.settle();
      assert.deepEqual(heard.heard, []);
      assert.equal(readToEnd(peer).end, -ECONNRESET);
    });

    scenario('a reset close that destroy overtakes is still a reset', (world) => {
      const { socket, peer } = world.connection();
      world.engine.receive(socket, small);
      world.settle();
      world.engine.close(socket, 'reset');
      world.destroy();
      assert.equal(readToEnd(peer).end, -ECONNRESET);
    });

    scenario('destroy ends what is left: connections are reset and the port is free at once', (world) => {
      const { fd, port } = listening();
      const heard = new Recorder();
      world.engine.accept(world.engine.adopt(fd, heard), true);
      const { socket, peer } = world.connection(heard);
      world.engine.receive(socket, small);
      world.settle();
      world.destroy();
      assert.equal(readToEnd(peer).end, -ECONNRESET);
      const attempt = openStream(4);
      world.keep(attempt);
      const again = new World(kind);
      try {
        const outcome = new Recorder();
        again.engine.connect(again.engine.adopt(openStream(4), outcome), packAddress(IPV4, port));
        again.until(() => outcome.heard.length > 0, 'an answer');
        assert.deepEqual(outcome.of('connect'), [-ECONNREFUSED]);
      } finally {
        again.end();
      }
      assert.deepEqual(heard.heard, []);
    });

    scenario('a handler may close its own socket inside any callback', (world) => {
      const kinds: ((socket: Socket) => void)[] = [
        (socket) => world.engine.receive(socket, small),
        (socket) => world.engine.pollIn(socket),
        (socket) => world.engine.pollOut(socket),
      ];
      for (const ask of kinds) {
        const heard = new Recorder();
        heard.react = (socket) => world.engine.close(socket, 'reset');
        const { socket, peer } = world.connection(heard);
        sendBytes(peer, HELLO);
        for (const each of kinds) if (each !== ask) each(socket);
        ask(socket);
        world.until(() => world.engine.size === 0, 'the close');
        world.settle();
        assert.equal(heard.heard.length, 1);
        assert.equal(readToEnd(peer).end, -ECONNRESET);
      }
    });

    scenario('a handler may close another socket whose event stands next in the same turn', (world) => {
      const heard = new Recorder();
      const sockets: Socket[] = [];
      heard.react = (socket) => {
        for (const other of sockets) if (other !== socket) world.engine.close(other, 'reset');
      };
      const peers: number[] = [];
      for (let i = 0; i < 8; i += 1) {
        const { socket, peer } = world.connection(heard);
        sockets.push(socket);
        peers.push(peer);
        world.engine.receive(socket, small);
      }
      world.settle();
      for (const peer of peers) sendBytes(peer, HELLO);
      world.until(() => world.engine.size === 1, 'seven closed');
      world.settle();
      assert.equal(heard.heard.length, 1);
    });

    scenario('whoever takes a slot over hears nothing of the socket that was there', (world) => {
      const former = new Recorder();
      const latter = new Recorder();
      const sockets: Socket[] = [];
      const peers: number[] = [];
      let replaced = false;
      former.react = (told) => {
        if (replaced) return;
        replaced = true;
        // These have an event in this very turn; their slots and fd numbers are taken again at once.
        for (const socket of sockets) if (socket !== told) world.engine.close(socket, 'graceful');
        for (let i = 0; i < 8; i += 1) {
          const { socket } = world.connection(latter);
          world.engine.receive(socket, small);
        }
      };
      for (let i = 0; i < 8; i += 1) {
        const { socket, peer } = world.connection(former);
        sockets.push(socket);
        peers.push(peer);
        world.engine.receive(socket, small);
      }
      world.settle();
      for (const peer of peers) sendBytes(peer, HELLO);
      world.until(() => replaced && world.engine.size === 9, 'the replacement');
      world.settle();
      assert.equal(former.heard.length, 1);
      assert.deepEqual(latter.heard, []);
    });

    scenario('slots are used again and again', (world) => {
      for (let i = 0; i < 300; i += 1) {
        const heard = new Recorder();
        const { socket, peer } = world.connection(heard);
        assert.ok(socket.slot < 2);
        world.engine.receive(socket, small);
        if (i % 2 === 0) {
          sendBytes(peer, HELLO);
          world.until(() => heard.heard.length === 1, 'the data');
        }
        world.engine.close(socket, 'reset');
        world.until(() => world.engine.size === 0, 'the close');
        world.hangUp(peer);
      }
    });
  });

  describe(`${kind}: rings of 4 submissions and 8 completions`, () => {
    scenario(
      'more submissions in a turn than the ring holds all arrive, and overflowing completions are not lost',
      (world) => {
        const heard = new Recorder();
        const sockets: Socket[] = [];
        for (let i = 0; i < 40; i += 1) {
          const { socket } = world.connection(heard);
          sockets.push(socket);
        }
        for (let round = 1; round <= 5; round += 1) {
          for (const socket of sockets) world.engine.pollOut(socket);
          world.until(() => heard.heard.length >= 40 * round, `round ${round}`);
          assert.equal(new Set(heard.heard.slice(-40).map(({ socket }) => socket)).size, 40);
        }
        world.settle();
        assert.equal(heard.heard.length, 200);
        if (kind === 'uring') assert.ok(world.engine.counts.overflows > 0);
      },
      TINY,
    );

    scenario(
      'accepting loses no connection, but may end and has to be asked again',
      (world) => {
        const { fd, port } = listening();
        const heard = new Recorder();
        const listener = world.engine.adopt(fd, heard);
        heard.react = (socket, { result }) => {
          if (result === -ECANCELED) world.engine.accept(socket, true);
        };
        world.engine.accept(listener, true);
        for (let i = 0; i < 50; i += 1) world.keep(connecting(port));
        world.until(() => heard.accepted.length === 50, 'all 50');
        world.settle();
        for (let i = 0; i < 50; i += 1) world.keep(connecting(port));
        world.until(() => heard.accepted.length === 100, 'all 100');
        assert.ok(heard.of('accept').every((result) => result >= 0 || result === -ECANCELED));
        world.keep(...heard.accepted);
        if (kind === 'uring') assert.ok(world.engine.counts.overflows > 0);
      },
      TINY,
    );

    scenario(
      'a listener closed in the middle of an overflow loses no fd',
      (world) => {
        const { fd, port } = listening();
        const heard = new Recorder();
        heard.react = (socket) => world.engine.close(socket, 'graceful');
        for (let i = 0; i < 50; i += 1) world.keep(connecting(port));
        world.engine.accept(world.engine.adopt(fd, heard), true);
        world.until(() => world.engine.size === 0, 'the close');
        world.keep(...heard.accepted);
      },
      TINY,
    );

    scenario(
      'an engine destroyed in the middle of an overflow loses no fd',
      (world) => {
        const { fd, port } = listening();
        const heard = new Recorder();
        for (let i = 0; i < 50; i += 1) world.keep(connecting(port));
        world.engine.accept(world.engine.adopt(fd, heard), true);
        world.engine.turn(0);
        world.keep(...heard.accepted);
      },
      TINY,
    );

    scenario(
      'receives share two buffers with ends, resets and closes among them',
      (world) => {
        const heard = new Recorder();
        const ends = new Map<Socket, number>();
        heard.react = (socket, { result }) => {
          if (result > 0) world.engine.receive(socket, small);
          else {
            ends.set(socket, result);
            world.engine.close(socket, 'graceful');
          }
        };
        const expected = new Map<Socket, number>();
        for (let i = 0; i < 40; i += 1) {
          const { socket, peer } = world.connection(heard);
          world.engine.receive(socket, small);
          if (i % 3 !== 1) sendBytes(peer, HELLO);
          if (i % 2 === 0) {
            shutdownWrite(peer);
            expected.set(socket, 0);
          } else {
            world.engine.turn(0);
            world.hangUp(peer, resetFd);
            expected.set(socket, -ECONNRESET);
          }
        }
        world.until(() => world.engine.size === 0, 'every end');
        assert.deepEqual(ends, expected);
      },
      TINY,
    );

    scenario(
      'a watch survives the overflow',
      (world) => {
        const doorbell = makeDoorbell();
        world.keep(doorbell);
        let rung = 0;
        world.engine.watch(doorbell, () => {
          rung += 1;
        });
        const heard = new Recorder();
        const sockets = Array.from({ length: 20 }, () => world.connection(heard).socket);
        for (let round = 1; round <= 20; round += 1) {
          for (const socket of sockets) world.engine.pollOut(socket);
          const before = rung;
          ring(doorbell);
          world.until(() => heard.heard.length === 20 * round && rung > before, `round ${round}`);
        }
      },
      TINY,
    );
  });

  describe(`${kind}: watching`, () => {
    scenario('each ring of a doorbell is heard, and one that is never read does not spin', (world) => {
      const doorbell = makeDoorbell();
      world.keep(doorbell);
      let rung = 0;
      world.engine.watch(doorbell, () => {
        rung += 1;
      });
      world.settle();
      assert.equal(rung, 0);
      for (let i = 1; i <= 5; i += 1) {
        ring(doorbell);
        world.until(() => rung >= i, 'the ring');
        world.settle();
        assert.equal(rung, i);
      }
      const start = performance.now();
      for (let i = 0; i < 3; i += 1) world.engine.turn(30);
      assert.ok(performance.now() - start >= 60, 'nothing wakes it');
      assert.equal(rung, 5);
    });

    scenario('a ring from before the watch is heard', (world) => {
      const doorbell = makeDoorbell();
      world.keep(doorbell);
      ring(doorbell);
      let rung = 0;
      world.engine.watch(doorbell, () => {
        rung += 1;
      });
      world.until(() => rung === 1, 'the ring');
    });

    scenario('two watches are told apart', (world) => {
      const doorbells = [makeDoorbell(), makeDoorbell()];
      world.keep(...doorbells);
      const rung = [0, 0];
      for (const [i, doorbell] of doorbells.entries()) {
        world.engine.watch(doorbell, () => {
          rung[i] += 1;
        });
      }
      ring(doorbells[1]);
      world.until(() => rung[1] === 1, 'the second');
      assert.deepEqual(rung, [0, 1]);
    });
  });

  describe(`${kind}: threads`, () => {
    test('a doorbell rung from another thread ends a long wait', { skip: missing ?? false }, async () => {
      const doorbell = makeDoorbell();
      const gate = new Int32Array(new SharedArrayBuffer(4));
      const worker = new Worker(new URL('../ringing-worker.js', import.meta.url), { workerData: { doorbell, gate } });
      await new Promise((resolve) => worker.once('message', resolve));
      const world = new World(kind);
      let rung = 0;
      world.engine.watch(doorbell, () => {
        rung += 1;
      });
      world.settle();
      const start = performance.now();
      // The worker rings only once it is told to, which is the last thing before this thread waits.
      Atomics.store(gate, 0, 1);
      Atomics.notify(gate, 0);
      world.engine.turn(20_000);
      assert.equal(rung, 1);
      assert.ok(performance.now() - start < 10_000);
      world.end();
      await worker.terminate();
      closeFd(doorbell);
    });

    test('an engine works inside a worker thread', { skip: missing ?? false }, async () => {
      const before = openFds();
      const worker = new Worker(new URL('../echo-worker.js', import.meta.url), { workerData: { kind } });
      const answers: unknown[] = [];
      worker.on('message', (answer) => answers.push(answer));
      const code = await new Promise((resolve, reject) => {
        worker.once('exit', resolve);
        worker.once('error', reject);
      });
      assert.equal(code, 0);
      assert.deepEqual(answers, ['hello']);
      const left = [...openFds()].filter(([fd, what]) => !before.has(fd) && /socket|io_uring/.test(what));
      assert.deepEqual(left, []);
    });
  });

  describe(`${kind}: ownership`, () => {
    scenario('every fd and map is told while it is open, and none after', (world) => {
      const { fd, port } = listening();
      const heard = new Recorder();
      const listener = world.engine.adopt(fd, heard);
      assert.ok(world.books.fds.has(fd));
      assert.equal(world.books.fds.size, 2, 'the engine itself, and what it adopted');
      const dialling = world.engine.adopt(openStream(4), heard);
      world.engine.accept(listener, true);
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

/** Lets this process have no more than `more` further fds; gives what undoes it. */
function limitFds(more: number): () => void {
  const RLIMIT_NOFILE = 7;
  const limits = mapMemory(4096);
  libc.prlimit(0, RLIMIT_NOFILE, 0, limits.address);
  const [soft, softHigh] = limits.words;
  // The lowest number that a new fd would get: everything below it is taken.
  let lowest = 0;
  const open = openFds();
  while (open.has(lowest)) lowest += 1;
  limits.words[0] = lowest + more;
  limits.words[1] = 0;
  libc.prlimit(0, RLIMIT_NOFILE, limits.address, 0);
  return () => {
    limits.words[0] = soft;
    limits.words[1] = softHigh;
    libc.prlimit(0, RLIMIT_NOFILE, limits.address, 0);
    unmap(limits);
  };
}
