// The handshake reads, feeds and sends, whatever the protocol: SOCKS5, and a toy protocol behind a header, at every split.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BufferGroup } from '../../../../src/linux/engine/buffers.js';
import { Socket } from '../../../../src/linux/engine/socket.js';
import type { Memory } from '../../../../src/linux/memory.js';
import { targetOfName } from '../../../../src/protocol/address/target.js';
import type { Inbound, Refused, Replies, Requested } from '../../../../src/protocol/inbound/inbound.js';
import { SOCKS5 } from '../../../../src/protocol/inbound/socks5.js';
import { failureOf } from '../../../../src/protocol/race/failure.js';
import { Handshake, type HandshakeOutcome } from '../../../../src/workers/connection/client/handshake.js';

type Outcome =
  | { readonly kind: 'requested'; readonly request: Requested }
  | { readonly kind: 'refused'; readonly refusal: Refused }
  | { readonly kind: 'left' };

/** An engine that keeps what it is asked for, and an outcome that may come once. */
class World implements HandshakeOutcome {
  readonly sent: number[] = [];
  receives = 0;
  outcome: Outcome | undefined;
  readonly #socket: Socket;
  readonly #handshake: Handshake;

  constructor(inbound: Inbound) {
    const engine = {
      receive: (socket: Socket, group: BufferGroup) => {
        assert.deepEqual([socket, group], [this.#socket, BufferGroup.handshake]);
        assert.equal(this.outcome, undefined, 'nothing is read once the outcome is known');
        this.receives += 1;
      },
      sendCopy: (socket: Socket, bytes: Uint8Array) => {
        assert.equal(socket, this.#socket);
        this.sent.push(...bytes);
        return true;
      },
    };
    this.#handshake = new Handshake(engine, inbound, this);
    this.#socket = new Socket(3, this.#handshake, 0, 0);
  }

  requested(request: Requested): void {
    this.#settle({ kind: 'requested', request });
  }

  refused(refusal: Refused): void {
    this.#settle({ kind: 'refused', refusal });
  }

  left(): void {
    this.#settle({ kind: 'left' });
  }

  #settle(outcome: Outcome): void {
    assert.equal(this.outcome, undefined, 'told twice');
    this.outcome = outcome;
  }

  /** Some bytes come, in the middle of a buffer that is used again afterwards. */
  comes(part: Uint8Array): void {
    const buffer = new Uint8Array(part.length + 9).fill(255);
    buffer.set(part, 4);
    this.#handshake.onReceive(this.#socket, part.length, memoryOf(buffer), 4);
    buffer.fill(255);
  }

  /** 0 for an end of stream, or a negated errno. */
  ends(result: number): void {
    this.#handshake.onReceive(this.#socket, result, memoryOf(new Uint8Array(0)), 0);
  }

  unsent(): void {
    this.#handshake.onUnsent();
  }
}

function memoryOf(bytes: Uint8Array): Memory {
  return { address: 0, size: bytes.length, bytes, words: new Uint32Array(0), ints: new Int32Array(0) };
}

/** Parts come until the outcome is known; what comes after that waits in the socket. */
function converse(inbound: Inbound, parts: readonly Uint8Array[]): { world: World; unread: number[] } {
  const world = new World(inbound);
  const left = parts.filter(({ length }) => length > 0);
  while (world.outcome === undefined && left.length > 0) world.comes(left.shift() as Uint8Array);
  return { world, unread: left.flatMap((part) => [...part]) };
}

/** At every place in two parts, and byte for byte. */
function* splits(bytes: Uint8Array): Generator<Uint8Array[]> {
  for (let at = 0; at < bytes.length; at += 1) yield [bytes.slice(0, at), bytes.slice(at)];
  yield Array.from(bytes, (byte) => Uint8Array.of(byte));
}

const TOY_REPLIES: Replies = {
  successCode: 200,
  failureCode: () => 502,
  success: (ip, port) => Buffer.from(`yes ${ip.join('.')}:${port}\n`),
  failure: ({ code }) => Buffer.from(`no ${code}\n`),
};

/** Says `go NAME\n`, in at most 64 bytes, in the name of a user. */
class Toy implements Inbound {
  readonly #user: string;

  constructor(user: string) {
    this.#user = user;
  }

  feed(bytes: Uint8Array, start: number, end: number): ReturnType<Inbound['feed']> {
    const newline = bytes.subarray(start, end).indexOf(10);
    if (newline < 0 && end - start < 64) return { kind: 'incomplete' };
    const line = Buffer.from(bytes.subarray(start, start + Math.max(newline, 0))).toString('latin1');
    const target = line.startsWith('go ') ? targetOfName(line.slice(3), 80) : undefined;
    if (target === undefined) return TOY_REFUSAL;
    const next = start + newline + 1;
    const early = next < end ? bytes.slice(next, end) : undefined;
    return {
      kind: 'requested',
      target,
      early,
      user: { name: this.#user, tag: undefined },
      body: undefined,
      replies: TOY_REPLIES,
    };
  }
}

const TOY_REFUSAL: Refused = { kind: 'refused', answer: Buffer.from('what?\n'), ending: 'puzzled', misfit: undefined };

/** Two bytes that are answered with nothing, as a PROXY header is, then a toy's greeting by name, which is answered. */
const HEADER: Inbound = {
  feed: (_bytes, start, end) =>
    end - start < 2 ? { kind: 'incomplete' } : { kind: 'proceed', size: 2, answer: undefined, next: NAMED },
};
const NAMED: Inbound = {
  feed(bytes, start, end) {
    if (start === end) return { kind: 'incomplete' };
    const next = new Toy(String.fromCharCode(bytes[start]));
    return { kind: 'proceed', size: 1, answer: Buffer.from('hi\n'), next };
  },
};

/** The protocol by its first byte. */
const EITHER: Inbound = {
  feed: (bytes, start, end) =>
    start === end ? { kind: 'incomplete' } : (bytes[start] === 5 ? SOCKS5 : HEADER).feed(bytes, start, end),
};

const EARLY = [1, 10, 5];
const SOCKS5_BYTES = Uint8Array.from([5, 1, 0, 5, 1, 0, 3, 6, ...Buffer.from('a.test'), 0, 80, ...EARLY]);
const TOY_BYTES = Uint8Array.from([...Buffer.from('##ugo a.test\n'), ...EARLY]);

for (const [what, inbound, bytes, sent, user] of [
  ['SOCKS5', SOCKS5, SOCKS5_BYTES, [5, 0], undefined],
  ['another protocol behind a header', HEADER, TOY_BYTES, [...Buffer.from('hi\n')], 'u'],
  ['SOCKS5, known by its first byte', EITHER, SOCKS5_BYTES, [5, 0], undefined],
  ['another protocol, known by its first byte', EITHER, TOY_BYTES, [...Buffer.from('hi\n')], 'u'],
] as const) {
  test(`${what}: messages and early bytes are told apart at every split`, () => {
    for (const parts of splits(bytes)) {
      const { world, unread } = converse(inbound, parts);
      assert.deepEqual(world.sent, sent);
      assert.ok(world.outcome?.kind === 'requested');
      const { target, early, user: told } = world.outcome.request;
      assert.deepEqual([target.host, target.port, told?.name], ['a.test', 80, user]);
      assert.deepEqual([...(early ?? []), ...unread], EARLY);
    }
  });
}

test('a request is answered in the words of its protocol', () => {
  const { world } = converse(EITHER, [TOY_BYTES]);
  assert.ok(world.outcome?.kind === 'requested');
  const { replies } = world.outcome.request;
  assert.equal(Buffer.from(replies.success(Uint8Array.of(127, 0, 0, 1), 7)).toString(), 'yes 127.0.0.1:7\n');
  assert.equal(Buffer.from(replies.failure(failureOf('refused'))).toString(), 'no refused\n');
});

test('after a message that is incomplete it is read on, and after the outcome no more', () => {
  const { world } = converse(
    SOCKS5,
    [...SOCKS5_BYTES].map((byte) => Uint8Array.of(byte)),
  );
  assert.equal(world.receives, SOCKS5_BYTES.length - EARLY.length - 1);
});

test('a refusal is passed on as the protocol gives it', () => {
  const { world } = converse(HEADER, [Buffer.from('##uwhere\n')]);
  assert.deepEqual(world.outcome, { kind: 'refused', refusal: TOY_REFUSAL });
  const endless = converse(
    HEADER,
    [...Buffer.from('##u'.padEnd(80, 'x'))].map((byte) => Uint8Array.of(byte)),
  );
  assert.deepEqual(endless.world.outcome, { kind: 'refused', refusal: TOY_REFUSAL });
  assert.equal(endless.unread.length, 80 - 3 - 64);
});

test('a client that ends, breaks off or takes no answer has left', () => {
  for (const leave of [
    (world: World) => world.ends(0),
    (world: World) => world.ends(-104),
    (world: World) => world.unsent(),
  ]) {
    for (const said of [[], [5], [5, 1, 0], [5, 1, 0, 5, 1]]) {
      const { world } = converse(SOCKS5, [Uint8Array.from(said)]);
      leave(world);
      assert.deepEqual(world.outcome, { kind: 'left' });
    }
  }
});
