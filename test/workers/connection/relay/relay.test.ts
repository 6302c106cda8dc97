// A relay between two sockets of a real engine, without a gateway around it: every byte arrives, once and in order, however
// slow a reader is, and the end comes after the last of them.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { BufferGroup } from '../../../../src/linux/engine/buffers.js';
import type { Received } from '../../../../src/linux/engine/engine.js';
import { Handler, type Socket } from '../../../../src/linux/engine/socket.js';
import type { UringSizes } from '../../../../src/linux/engine/uring.js';
import { ECONNRESET } from '../../../../src/linux/errno.js';
import type { Memory } from '../../../../src/linux/memory.js';
import { UNRECORDED } from '../../../../src/linux/ownership.js';
import { PipePool } from '../../../../src/linux/pipes.js';
import { sendBytes, shutdownWrite } from '../../../../src/linux/sockets.js';
import { DeadlineWheel } from '../../../../src/protocol/deadline-wheel.js';
import { type Quiet, usualQuiet } from '../../../../src/protocol/quiet/quiet.js';
import { Relay, type RelayContext } from '../../../../src/workers/connection/relay/relay.js';
import type { RelayEnd } from '../../../../src/workers/connection/relay/relay-end.js';
import { type Dice, dice } from '../../../helpers/dice.js';
import { fillUp, narrow, option, readExactly, readNow, resetFd } from '../../../linux/peers.js';
import { ENGINES, type EngineKind, Recorder, TINY, World } from '../../../linux/world.js';

/** Of both kinds. */
const IDLE_MS = 60_000;
const SOL_SOCKET = 1;
const SO_KEEPALIVE = 9;
const IPPROTO_TCP = 6;
const TCP_NODELAY = 1;
const TCP_KEEPIDLE = 4;
const TCP_KEEPINTVL = 5;
const TCP_KEEPCNT = 6;
const DAY_MS = 86_400_000;
/** The number by which its end is told. */
const CONNECTION = 7;

/** Far more than it takes, in ms: now and then a full receiver is asked by a timer whether it has room again. */
const PATIENCE_MS = 20_000;

/** Rings that are full before a turn ends, and fewer buffers than a message burst needs. */
const CRAMPED: UringSizes = { ...TINY, completions: 256 };

class Relayed {
  readonly world: World;
  readonly client: number;
  readonly destination: number;
  /** Of the engine: the relay's ends. */
  readonly near: { readonly client: Socket; readonly destination: Socket };
  /** How it ended. */
  outcome: RelayEnd | undefined;
  get ended(): boolean {
    return this.outcome !== undefined;
  }

  /** How often a stream was stopped. */
  stops = 0;
  readonly #context: RelayContext & { readonly pipes: PipePool };
  quiet: Quiet;

  constructor(
    kind: EngineKind,
    sizes?: UringSizes,
    { idle_ms = IDLE_MS, halfClosed_ms = IDLE_MS, keepalive_s = 60 } = {},
  ) {
    this.world = new World(kind, sizes);
    const { engine } = this.world;
    const stop = engine.stopStream.bind(engine);
    engine.stopStream = (socket) => {
      this.stops += 1;
      stop(socket);
    };
    this.quiet = usualQuiet({ tcp_keepalive_s: keepalive_s, idle_timeout_ms: idle_ms });
    this.#context = {
      engine,
      options: {
        half_closed_timeout_ms: halfClosed_ms,
      },
      deadlines: new DeadlineWheel(engine.now),
      pipes: new PipePool(2, UNRECORDED),
      tunnelEnds: undefined,
      ends: {
        heard: () => {},
        relayed: (connection, end) => {
          assert.equal(connection, CONNECTION);
          assert.equal(this.outcome, undefined, 'told twice');
          this.outcome = end;
        },
      },
    };
    const client = this.world.connection();
    const destination = this.world.connection();
    this.client = client.peer;
    this.destination = destination.peer;
    this.near = { client: client.socket, destination: destination.socket };
  }

  /** The relay's deadlines as they are after so many ms. */
  expire(after_ms: number): void {
    this.#context.deadlines.expire(this.world.engine.now + after_ms);
  }

  /** Of its end at the destination, from TCP's (6) or the socket's own (1) options. */
  #asksFor(level: number, name: number): boolean {
    return option(this.near.destination.fd, level, name) === 1;
  }
  get sendsAtOnce(): boolean {
    return this.#asksFor(IPPROTO_TCP, TCP_NODELAY);
  }
  get keepsAlive(): boolean {
    return this.#asksFor(SOL_SOCKET, SO_KEEPALIVE);
  }

  start(early?: Uint8Array, rest?: Uint8Array, event?: Received): void {
    this.make().start(early, rest, event);
  }

  make(): Relay {
    const { client, destination } = this.near;
    return new Relay(this.#context, client, destination, undefined, CONNECTION, this.quiet);
  }

  end(): void {
    this.#context.pipes.destroy();
    this.world.end();
  }
}

/** Hands on what it receives, before its bytes are the engine's again. */
class Starter extends Handler {
  readonly #start: (event: Received) => void;

  constructor(start: (event: Received) => void) {
    super();
    this.#start = start;
  }

  override onReceive(socket: Socket, result: number, memory: Memory, offset: number): void {
    this.#start({ socket, result, memory, offset });
  }
}

/** One end: sends its bytes in messages of any size, and reads only now and then: once the other one can send no more. */
class Talker {
  readonly sent: Buffer;
  readonly got: Buffer[] = [];
  ended = false;
  /** Nothing that it sends is taken, or it has sent everything. */
  isStuck = false;
  readonly #fd: number;
  readonly #roll: Dice;
  readonly #longest: number;
  #next = 0;
  /** Steps in which it still reads. */
  #reads = 0;

  constructor(fd: number, sends: number, longest: number, roll: Dice) {
    this.#fd = fd;
    this.#roll = roll;
    this.#longest = longest;
    this.sent = Buffer.alloc(sends);
    for (let i = 0; i < sends; i += 1) this.sent[i] = roll(256);
  }

  /** A handful of messages, until nothing more is taken. */
  send(): void {
    for (let left = this.#roll(8); left > 0 && this.#next < this.sent.length; left -= 1) {
      const message = this.sent.subarray(this.#next, this.#next + 1 + this.#roll(this.#longest));
      const sent = sendBytes(this.#fd, message);
      this.isStuck = sent < 0;
      if (sent < 0) return;
      this.#next += sent;
      if (this.#next === this.sent.length) shutdownWrite(this.#fd);
    }
    if (this.#next === this.sent.length) this.isStuck = true;
  }

  readAfter(other: Talker): void {
    if (this.#reads === 0 && other.isStuck) this.#reads = 1 + this.#roll(40);
    if (this.#reads === 0 || this.ended) return;
    this.#reads -= 1;
    const part = readNow(this.#fd, 1 + this.#roll(6000));
    if (typeof part === 'number') return;
    if (part.length === 0) this.ended = true;
    else this.got.push(part);
  }
}

for (const { kind, missing } of ENGINES) {
  describe(`${kind}: a relay`, { skip: missing ?? false }, () => {
    for (const halfClosed of [true, false]) {
      const state = halfClosed ? 'which has ended itself' : 'which has not ended';
      test(`the last message and the end, at once, to a client without room, ${state}`, () => {
        const relayed = new Relayed(kind);
        const { world, client, destination, near } = relayed;
        relayed.start();
        if (halfClosed) {
          shutdownWrite(client);
          assert.equal(readToEndInTurns(relayed, destination).length, 0);
        }
        const filled = fillUp(near.client.fd);
        sendBytes(destination, Buffer.from('goodbye'));
        shutdownWrite(destination);
        world.settle();
        const whole = readToEndInTurns(relayed, client);
        assert.equal(whole.length, filled + 'goodbye'.length);
        assert.equal(whole.subarray(filled).toString(), 'goodbye');
        if (!halfClosed) shutdownWrite(client);
        world.until(() => relayed.ended, 'the end');
        assert.deepEqual(relayed.outcome, { how: 'complete', up: 0, down: 'goodbye'.length });
        relayed.end();
      });
    }

    test('receives that are under way when it begins are its own, and bring the first bytes', () => {
      const relayed = new Relayed(kind);
      const { world, client, destination, near } = relayed;
      for (const socket of [near.client, near.destination]) world.engine.receive(socket, BufferGroup.small);
      world.settle();
      relayed.start(Buffer.from('early '), Buffer.from('rest '));
      sendBytes(client, Buffer.from('up'));
      sendBytes(destination, Buffer.from('down'));
      world.settle();
      assert.equal(readExactly(destination, 'early up'.length).toString(), 'early up');
      assert.equal(readExactly(client, 'rest down'.length).toString(), 'rest down');
      for (const fd of [client, destination]) shutdownWrite(fd);
      world.until(() => relayed.ended, 'the end');
      assert.deepEqual(relayed.outcome, { how: 'complete', up: 'early up'.length, down: 'rest down'.length });
      relayed.end();
    });

    test('bytes that a side has just brought when it begins go on behind those that came before', () => {
      const relayed = new Relayed(kind);
      const { world, client, destination, near } = relayed;
      const former = new Starter((event) => relayed.start(undefined, Buffer.from('rest '), event));
      world.engine.handOver(near.destination, former);
      world.engine.receive(near.client, BufferGroup.small);
      world.engine.receive(near.destination, BufferGroup.small);
      sendBytes(destination, Buffer.from('brought'));
      world.settle();
      assert.equal(readExactly(client, 'rest brought'.length).toString(), 'rest brought');
      sendBytes(client, Buffer.from('up'));
      world.settle();
      assert.equal(readExactly(destination, 2).toString(), 'up');
      for (const fd of [client, destination]) shutdownWrite(fd);
      world.until(() => relayed.ended, 'the end');
      assert.deepEqual(relayed.outcome, { how: 'complete', up: 2, down: 'rest brought'.length });
      relayed.end();
    });

    test('a side that has just ended or broken when it begins is passed on', () => {
      for (const how of ['complete', 'reset-by-destination'] as const) {
        const relayed = new Relayed(kind);
        const { world, client, destination, near } = relayed;
        world.engine.handOver(near.destination, new Starter((event) => relayed.start(undefined, undefined, event)));
        world.engine.receive(near.destination, BufferGroup.small);
        if (how === 'complete') {
          for (const fd of [client, destination]) shutdownWrite(fd);
        } else world.hangUp(destination, resetFd);
        world.until(() => relayed.ended, 'the end');
        assert.equal(relayed.outcome?.how, how);
        world.settle();
        if (how === 'complete') assert.deepEqual(readNow(client), Buffer.alloc(0));
        else assert.equal(readNow(client), -ECONNRESET);
        relayed.end();
      }
    });

    test('bytes that were sent before it begins count, and what is left of them goes first', () => {
      const relayed = new Relayed(kind);
      const { world, client, destination, near } = relayed;
      const filled = fillUp(near.destination.fd);
      world.engine.pollOut(near.destination);
      const relay = relayed.make();
      relay.takeOver('question'.length, Buffer.from('stion'));
      relay.start();
      sendBytes(client, Buffer.from('more'));
      shutdownWrite(client);
      const whole = readToEndInTurns(relayed, destination);
      assert.equal(whole.subarray(filled).toString(), 'stionmore');
      shutdownWrite(destination);
      world.until(() => relayed.ended, 'the end');
      assert.deepEqual(relayed.outcome, { how: 'complete', up: 'questionmore'.length, down: 0 });
      relayed.end();
    });

    test('early bytes that a destination has no room for, and the end behind them, arrive', () => {
      const relayed = new Relayed(kind);
      const { world, client, destination, near } = relayed;
      const filled = fillUp(near.destination.fd);
      shutdownWrite(client);
      relayed.start(Buffer.from('early'));
      world.settle();
      const whole = readToEndInTurns(relayed, destination);
      assert.equal(whole.subarray(filled).toString(), 'early');
      shutdownWrite(destination);
      world.until(() => relayed.ended, 'the end');
      assert.equal(relayed.outcome?.how, 'complete');
      relayed.end();
    });

    test('no message but the first could wait for an acknowledgement of another one', () => {
      for (const early of [undefined, Buffer.from('early')]) {
        const relayed = new Relayed(kind);
        const { world, client, destination } = relayed;
        relayed.start(early);
        const say = (message: string): void => {
          sendBytes(client, Buffer.from(message));
          world.settle();
          assert.equal(readExactly(destination, message.length).toString(), message);
        };
        world.settle();
        if (early !== undefined) assert.deepEqual(readExactly(destination, early.length), early);
        assert.equal(relayed.sendsAtOnce, false);
        if (early === undefined) say('first');
        assert.equal(relayed.sendsAtOnce, false);
        say('second');
        assert.equal(relayed.sendsAtOnce, true);
        for (const fd of [client, destination]) shutdownWrite(fd);
        world.until(() => relayed.ended, 'the end');
        relayed.end();
      }
    });

    test('the end behind an only message is no second one', () => {
      const relayed = new Relayed(kind);
      const { world, client, destination } = relayed;
      relayed.start();
      sendBytes(client, Buffer.from('only'));
      world.settle();
      shutdownWrite(client);
      world.settle();
      assert.equal(readToEndInTurns(relayed, destination).toString(), 'only');
      assert.equal(relayed.sendsAtOnce, false);
      shutdownWrite(destination);
      world.until(() => relayed.ended, 'the end');
      relayed.end();
    });

    test('what comes in the turn of a message that has no room goes behind its rest', () => {
      const relayed = new Relayed(kind);
      const { world, client, destination, near } = relayed;
      const { engine } = world;
      const got: Buffer[] = [];
      const read = (): void => {
        for (let part = readNow(destination); typeof part !== 'number'; part = readNow(destination)) got.push(part);
      };
      // Another connection's listener, in whose time the peers do something.
      let filled = 0;
      let spoke = false;
      const meanwhile = new Recorder();
      const other = world.connection(meanwhile);
      meanwhile.react = (socket) => {
        engine.pollIn(socket);
        if (filled === 0) {
          if (near.client.group === BufferGroup.large) filled = fillUp(near.destination.fd);
        } else if (!spoke && engine.isSending(near.destination)) {
          spoke = true;
          read();
          sendBytes(client, Buffer.alloc(20_000, 'b'));
          read();
        }
      };
      sendBytes(other.peer, Buffer.from('.'));
      // Three full messages make it a bulk transfer, the fourth is small again.
      sendBytes(client, Buffer.alloc(4 * 4096, 'a'));
      relayed.start();
      engine.pollIn(other.socket);
      world.until(() => filled > 0, 'a bulk transfer');
      const total = 4 * 4096 + 20_000;
      world.until(() => {
        if (spoke || kind === 'uring') read();
        return Buffer.concat(got).length >= filled + (spoke ? total : 4 * 4096);
      }, 'all bytes');
      if (kind === 'epoll') assert.ok(spoke, 'something came in that turn');
      const letters = Buffer.concat(got)
        .toString()
        .replaceAll('\0', '')
        .replaceAll(/(.)\1*/g, (run, letter) => `${letter}${run.length} `);
      assert.equal(letters, spoke ? 'a16384 b20000 ' : 'a16384 ');
      for (const fd of [client, destination]) shutdownWrite(fd);
      world.until(() => relayed.ended, 'the end');
      relayed.end();
    });

    test('a reset that a message to the destination found is no end of its bulk transfer', () => {
      const relayed = new Relayed(kind);
      const { world, client, destination } = relayed;
      relayed.start();
      const block = new Uint8Array(65_536);
      for (let came = 0; came < 4 << 20; ) {
        sendBytes(destination, block);
        world.engine.turn(0);
        for (let part = readNow(client); typeof part !== 'number'; part = readNow(client)) came += part.length;
      }
      world.settle();
      while (typeof readNow(client) !== 'number') world.settle();
      // In this order: with epoll the message is sent on, in vain, just before the transfer is looked at.
      sendBytes(client, Buffer.from('a message'));
      world.hangUp(destination, resetFd);
      world.until(() => relayed.ended, 'the end');
      world.settle();
      assert.equal(readNow(client), -ECONNRESET);
      relayed.end();
    });

    test('a reply that came back unsent takes nothing from the bytes that are counted', () => {
      const relayed = new Relayed(kind);
      const { world, client, near } = relayed;
      world.hangUp(client, resetFd);
      world.engine.sendCopy(near.client, new Uint8Array(10));
      relayed.start();
      world.until(() => relayed.ended, 'the end');
      assert.deepEqual([relayed.outcome?.up, relayed.outcome?.down], [0, 0]);
      relayed.end();
    });

    test('a half-closed time-out that is shorter than the first look is kept', () => {
      const relayed = new Relayed(kind, undefined, { halfClosed_ms: 100 });
      const { world, destination } = relayed;
      relayed.start();
      shutdownWrite(destination);
      world.settle();
      relayed.expire(300);
      assert.equal(relayed.outcome?.how, 'half-closed');
      relayed.end();
    });

    test('what lasts has its peers probed; one that is silent for too long ends', () => {
      const relayed = new Relayed(kind);
      const { world } = relayed;
      relayed.start();
      world.settle();
      assert.equal(relayed.keepsAlive, false);
      relayed.expire(IDLE_MS - 1000);
      assert.equal(relayed.keepsAlive, true);
      for (const { fd } of [relayed.near.client, relayed.near.destination]) {
        const probing = [SO_KEEPALIVE, TCP_KEEPIDLE, TCP_KEEPINTVL, TCP_KEEPCNT];
        const [on, ...times] = probing.map((name) =>
          option(fd, name === SO_KEEPALIVE ? SOL_SOCKET : IPPROTO_TCP, name),
        );
        assert.deepEqual([on, ...times], [1, 60, 20, 9]);
      }
      assert.equal(relayed.ended, false);
      relayed.expire(IDLE_MS + 1000);
      assert.equal(relayed.outcome?.how, 'idle');
      relayed.end();
    });

    test('without time-outs neither a quiet nor a half-closed connection ends, and its peers are probed', () => {
      const relayed = new Relayed(kind, undefined, { idle_ms: 0, halfClosed_ms: 0 });
      const { world, client, destination } = relayed;
      relayed.start();
      world.settle();
      relayed.expire(DAY_MS);
      assert.equal(relayed.keepsAlive, true);
      relayed.expire(2 * DAY_MS);
      shutdownWrite(client);
      world.settle();
      relayed.expire(3 * DAY_MS);
      relayed.expire(4 * DAY_MS);
      assert.equal(relayed.ended, false);
      sendBytes(destination, Buffer.from('the answer'));
      shutdownWrite(destination);
      assert.equal(readToEndInTurns(relayed, client).toString(), 'the answer');
      world.until(() => relayed.ended, 'the end');
      relayed.end();
    });

    test('its own keepalive is that of both sides', () => {
      const relayed = new Relayed(kind);
      relayed.quiet = {
        keepalive: { idle_s: 7200, interval_s: 75, probes: 3 },
        idle_timeout_ms: Number.POSITIVE_INFINITY,
      };
      relayed.start();
      relayed.expire(IDLE_MS + 1000);
      assert.deepEqual([relayed.ended, relayed.keepsAlive], [false, false]);
      relayed.expire(DAY_MS);
      for (const { fd } of [relayed.near.client, relayed.near.destination]) {
        const times = [TCP_KEEPIDLE, TCP_KEEPINTVL, TCP_KEEPCNT].map((name) => option(fd, IPPROTO_TCP, name));
        assert.deepEqual([option(fd, SOL_SOCKET, SO_KEEPALIVE), ...times], [1, 7200, 75, 3]);
      }
      assert.equal(relayed.ended, false);
      relayed.end();
    });

    test('without keepalive no peer is probed', () => {
      const relayed = new Relayed(kind, undefined, { keepalive_s: 0 });
      relayed.start();
      relayed.expire(IDLE_MS - 1000);
      assert.equal(relayed.keepsAlive, false);
      relayed.expire(IDLE_MS + 1000);
      assert.equal(relayed.outcome?.how, 'idle');
      relayed.end();
    });

    const variants: readonly (readonly [string, UringSizes | undefined])[] =
      kind === 'uring'
        ? [
            ['', undefined],
            [', with few buffers and a short ring', CRAMPED],
          ]
        : [['', undefined]];
    for (const [how, sizes] of variants) {
      for (const longest of [40, 700, 5000]) {
        test(`messages of up to ${longest} bytes both ways, with readers that pause, arrive whole${how}`, () => {
          for (let seed = 1; seed <= 2; seed += 1) {
            const relayed = new Relayed(kind, sizes);
            const { world, near } = relayed;
            const roll = dice(seed * 7919 + longest);
            for (const fd of [relayed.client, relayed.destination]) narrow(fd, 16_384, 32_768);
            // Full both ways, the kernel drops acknowledgements with the bytes: neither end then hears that there is room.
            for (const { fd } of [near.client, near.destination]) narrow(fd, 16_384, 1_048_576);
            const [client, destination] = [relayed.client, relayed.destination].map(
              (fd) => new Talker(fd, 1_500_000, longest, roll),
            );
            relayed.start();
            const until = performance.now() + PATIENCE_MS;
            while (!(client.ended && destination.ended) && performance.now() < until) {
              client.send();
              destination.send();
              client.readAfter(destination);
              destination.readAfter(client);
              if (roll(3) === 0) world.engine.turn(0);
            }
            for (const [from, to] of [
              [client, destination],
              [destination, client],
            ]) {
              const got = Buffer.concat(to.got);
              assert.ok(got.equals(from.sent), `seed ${seed}: ${got.length} of ${from.sent.length} bytes`);
              assert.ok(to.ended, `seed ${seed}: an end`);
            }
            world.until(() => relayed.ended, 'the end');
            assert.equal(relayed.outcome?.how, 'complete');
            assert.ok(relayed.stops > 0, 'no stream had to be stopped');
            relayed.end();
          }
        });
      }
    }
  });
}

/** What comes on a peer's socket up to its end, with the relay turning. */
function readToEndInTurns({ world }: Relayed, fd: number): Buffer {
  const parts: Buffer[] = [];
  let ended = false;
  world.until(() => {
    for (let part = readNow(fd); !ended && typeof part !== 'number'; part = readNow(fd)) {
      if (part.length === 0) ended = true;
      else parts.push(part);
    }
    return ended;
  }, 'the end of stream');
  return Buffer.concat(parts);
}
