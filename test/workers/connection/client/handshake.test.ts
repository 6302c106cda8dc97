// The handshake reads, feeds, sends and has claims judged, whatever the protocol: SOCKS5, and a toy protocol behind a header, at
// every split.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BufferGroup } from '../../../../src/linux/engine/buffers.js';
import { Socket } from '../../../../src/linux/engine/socket.js';
import type { Memory } from '../../../../src/linux/memory.js';
import { targetOfName } from '../../../../src/protocol/address/target.js';
import type {
  Associated,
  ClientAddress,
  Inbound,
  Refused,
  Replies,
  Requested,
} from '../../../../src/protocol/inbound/inbound.js';
import { SOCKS5, SOCKS5_OF_USERS } from '../../../../src/protocol/inbound/socks5.js';
import { proceed, refused } from '../../../../src/protocol/inbound/steps.js';
import { failureOf } from '../../../../src/protocol/race/failure.js';
import type { User } from '../../../../src/protocol/users/user.js';
import {
  type Authenticator,
  type Claim,
  KNOWS_NOBODY,
  type Verdict,
} from '../../../../src/workers/connection/client/authenticator.js';
import { Handshake, type HandshakeOutcome } from '../../../../src/workers/connection/client/handshake.js';

type Outcome =
  | { readonly kind: 'requested'; readonly request: Requested; readonly user: User | undefined }
  | { readonly kind: 'refused'; readonly refusal: Refused }
  | { readonly kind: 'associated'; readonly request: Associated; readonly user: User | undefined }
  | { readonly kind: 'left' };

/** An engine that keeps what it is asked for, and an outcome that may come once. */
class World implements HandshakeOutcome {
  readonly sent: number[] = [];
  receives = 0;
  /** How often it was asked for. */
  hangups = 0;
  outcome: Outcome | undefined;
  /** As a header has told. */
  client: ClientAddress | undefined;
  /** What reads on behind the header. */
  instead: Inbound | 'next' | undefined = 'next';
  readonly #socket: Socket;
  readonly #handshake: Handshake;

  constructor(inbound: Inbound, authenticator: Authenticator = NAMESAKES) {
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
      pollHangup: (socket: Socket) => {
        assert.equal(socket, this.#socket);
        this.hangups += 1;
      },
    };
    this.#handshake = new Handshake({ engine, authenticator }, inbound, this);
    this.#socket = new Socket(3, this.#handshake, 0, 0);
  }

  requested(request: Requested, user: User | undefined): void {
    this.#settle({ kind: 'requested', request, user });
  }

  associated(request: Associated, user: User | undefined): void {
    this.#settle({ kind: 'associated', request, user });
  }

  refused(refusal: Refused): void {
    this.#settle({ kind: 'refused', refusal });
  }

  left(): void {
    this.#settle({ kind: 'left' });
  }

  told(client: ClientAddress, next: Inbound): Inbound | undefined {
    assert.equal(this.client, undefined, 'told twice');
    this.client = client;
    return this.instead === 'next' ? next : this.instead;
  }

  clientIp(): Uint8Array | undefined {
    return this.client?.ip;
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

  hangsUp(): void {
    this.#handshake.onPollHangup();
  }

  givesUp(): void {
    this.#handshake.giveUp();
  }
}

/** Knows everybody whose password is the name. */
const NAMESAKES: Authenticator = {
  judge({ name, password }, decided) {
    decided(name === password ? { code: 'known', user: { name, tag: undefined } } : { code: 'unknown' });
    return undefined;
  },
};

function memoryOf(bytes: Uint8Array): Memory {
  return { address: 0, size: bytes.length, bytes, words: new Uint32Array(0), ints: new Int32Array(0) };
}

/** Parts come until the outcome is known; what comes after that waits in the socket. */
function converse(
  inbound: Inbound,
  parts: readonly Uint8Array[],
  authenticator?: Authenticator,
): { world: World; unread: number[] } {
  const world = new World(inbound, authenticator);
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

/** Says `go NAME\n`, in at most 64 bytes. */
const TOY: Inbound = {
  speaks: () => 'http',
  feed(bytes, start, end) {
    const newline = bytes.subarray(start, end).indexOf(10);
    if (newline < 0 && end - start < 64) return { kind: 'incomplete' };
    const line = Buffer.from(bytes.subarray(start, start + Math.max(newline, 0))).toString('latin1');
    const target = line.startsWith('go ') ? targetOfName(line.slice(3), 80) : undefined;
    if (target === undefined) return TOY_REFUSAL;
    const next = start + newline + 1;
    const early = next < end ? bytes.slice(next, end) : undefined;
    return { kind: 'requested', target, early, body: undefined, replies: TOY_REPLIES };
  },
};

const TOY_REFUSAL: Refused = refused('unknown', Buffer.from('what?\n'), 'broke-protocol');

const TOLD = { ip: Uint8Array.of(192, 0, 2, 9), port: 77 };
const DENIAL: Refused = refused('unknown', Buffer.from('who?\n'), 'denied');

/** Two bytes that tell an address and are answered with nothing, then a claim: a letter, which is the name and the password. */
const HEADER: Inbound = {
  speaks: () => 'proxy-header',
  feed: (_bytes, start, end) => (end - start < 2 ? { kind: 'incomplete' } : proceed(2, undefined, CLAIM, TOLD)),
};
const CLAIM: Inbound = {
  speaks: () => 'http',
  feed(bytes, start, end) {
    if (start === end) return { kind: 'incomplete' };
    const name = String.fromCharCode(bytes[start]);
    const accepted = proceed(1, Buffer.from('hi\n'), TOY);
    return { kind: 'claimed', name, password: name, accepted, denied: DENIAL };
  },
};
/** The claim stands in the message that is the request, too, as in HTTP: it is read again. */
const WITHIN: Inbound = {
  speaks: () => 'http',
  feed(bytes, start, end) {
    const step = TOY.feed(bytes, start, end);
    if (step.kind !== 'requested') return step;
    return { kind: 'claimed', name: 'w', password: 'w', accepted: proceed(0, undefined, TOY), denied: DENIAL };
  },
};

/** The protocol by its first byte. */
const EITHER: Inbound = {
  speaks: () => 'unknown',
  feed: (bytes, start, end) =>
    start === end ? { kind: 'incomplete' } : (bytes[start] === 5 ? SOCKS5 : HEADER).feed(bytes, start, end),
};

const EARLY = [1, 10, 5];
const SOCKS5_BYTES = Uint8Array.from([5, 1, 0, 5, 1, 0, 3, 6, ...Buffer.from('a.test'), 0, 80, ...EARLY]);
const TOY_BYTES = Uint8Array.from([...Buffer.from('##ugo a.test\n'), ...EARLY]);
const WITHIN_BYTES = Uint8Array.from([...Buffer.from('go a.test\n'), ...EARLY]);
const USERS_BYTES = Uint8Array.from([5, 1, 2, 1, 2, 97, 108, 2, 97, 108, ...SOCKS5_BYTES.subarray(3)]);

for (const [what, inbound, bytes, sent, user] of [
  ['SOCKS5', SOCKS5, SOCKS5_BYTES, [5, 0], undefined],
  ['another protocol behind a header', HEADER, TOY_BYTES, [...Buffer.from('hi\n')], 'u'],
  ['SOCKS5, known by its first byte', EITHER, SOCKS5_BYTES, [5, 0], undefined],
  ['another protocol, known by its first byte', EITHER, TOY_BYTES, [...Buffer.from('hi\n')], 'u'],
  ['a claim within the request', WITHIN, WITHIN_BYTES, [], 'w'],
  ['SOCKS5 with a password', SOCKS5_OF_USERS, USERS_BYTES, [5, 2, 1, 0], 'al'],
] as const) {
  test(`${what}: messages and early bytes are told apart at every split`, () => {
    for (const parts of splits(bytes)) {
      const { world, unread } = converse(inbound, parts);
      assert.deepEqual(world.sent, sent);
      assert.ok(world.outcome?.kind === 'requested');
      const { target, early } = world.outcome.request;
      assert.deepEqual([target.host, target.port, world.outcome.user?.name], ['a.test', 80, user]);
      assert.equal(world.client, bytes === TOY_BYTES ? TOLD : undefined);
      assert.deepEqual([...(early ?? []), ...unread], EARLY);
    }
  });
}

test('behind a header that tells of a client, the session chooses what reads on, or ends the connection', () => {
  for (const parts of splits(Uint8Array.from([...Buffer.from('##go a.test\n'), ...EARLY]))) {
    const world = new World(HEADER);
    world.instead = TOY;
    for (const part of parts) if (world.outcome === undefined && part.length > 0) world.comes(part);
    assert.ok(world.outcome?.kind === 'requested');
    assert.deepEqual([world.outcome.request.target.host, world.outcome.user], ['a.test', undefined]);
  }
  const closed = new World(HEADER);
  closed.instead = undefined;
  closed.comes(TOY_BYTES);
  assert.deepEqual([closed.client, closed.outcome, closed.receives, closed.sent], [TOLD, undefined, 0, []]);
});

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

/** Judges when the test says so. */
class SlowAuthenticator implements Authenticator {
  readonly claims: Claim[] = [];
  withdrawn = 0;
  #decided: ((verdict: Verdict) => void) | undefined;

  judge(claim: Claim, decided: (verdict: Verdict) => void): () => void {
    this.claims.push(claim);
    this.#decided = decided;
    return () => {
      this.withdrawn += 1;
      this.#decided = undefined;
    };
  }

  decide(verdict: Verdict): void {
    const decided = this.#decided ?? assert.fail('no claim waits');
    this.#decided = undefined;
    decided(verdict);
  }
}

const KNOWN: Verdict = { code: 'known', user: { name: 'u', tag: 'work' } };

for (const [what, inbound, bytes, sent, claim] of [
  [
    'a claim behind a header',
    HEADER,
    TOY_BYTES,
    [...Buffer.from('hi\n')],
    { name: 'u', password: 'u', client: TOLD.ip },
  ],
  ['a claim within the request', WITHIN, WITHIN_BYTES, [], { name: 'w', password: 'w', client: undefined }],
  [
    'a password of SOCKS5',
    SOCKS5_OF_USERS,
    USERS_BYTES,
    [5, 2, 1, 0],
    { name: 'al', password: 'al', client: undefined },
  ],
] as const) {
  test(`${what}: the client is not read while it is judged, and what came behind it is kept, at every split`, () => {
    for (const parts of splits(bytes)) {
      const slow = new SlowAuthenticator();
      const world = new World(inbound, slow);
      const left = parts.filter(({ length }) => length > 0);
      while (slow.claims.length === 0) world.comes(left.shift() as Uint8Array);
      const { receives } = world;
      assert.deepEqual([world.outcome, world.hangups, slow.claims], [undefined, 1, [claim]]);
      slow.decide(KNOWN);
      while (world.outcome === undefined) {
        assert.ok(world.receives > receives, 'it is read on');
        world.comes(left.shift() as Uint8Array);
      }
      assert.deepEqual(world.sent, sent);
      assert.ok(world.outcome.kind === 'requested');
      const { request, user } = world.outcome;
      assert.deepEqual([request.target.host, user], ['a.test', { name: 'u', tag: 'work' }]);
      assert.deepEqual([...(request.early ?? []), ...left.flatMap((part) => [...part])], EARLY);
      assert.equal(slow.withdrawn, 0);
    }
  });
}

for (const code of ['unknown', 'too-many'] as const) {
  test(`a claim that is ${code} is refused as the protocol denies it`, () => {
    const slow = new SlowAuthenticator();
    const world = new World(HEADER, slow);
    world.comes(TOY_BYTES);
    slow.decide({ code });
    assert.deepEqual([world.outcome, world.sent], [{ kind: 'refused', refusal: DENIAL }, []]);
  });
}

test('where there are no users every claim is refused', () => {
  const { world } = converse(HEADER, [TOY_BYTES], KNOWS_NOBODY);
  assert.deepEqual([world.outcome, world.hangups], [{ kind: 'refused', refusal: DENIAL }, 0]);
});

test('a client that goes while its claim is judged withdraws it', () => {
  for (const leave of [(world: World) => world.hangsUp(), (world: World) => world.unsent()]) {
    const slow = new SlowAuthenticator();
    const world = new World(HEADER, slow);
    world.comes(TOY_BYTES);
    leave(world);
    assert.deepEqual([world.outcome, slow.withdrawn], [{ kind: 'left' }, 1]);
  }
});

test('a handshake that is given up withdraws its claim and says nothing', () => {
  const slow = new SlowAuthenticator();
  const world = new World(HEADER, slow);
  world.comes(TOY_BYTES);
  world.givesUp();
  world.givesUp();
  assert.deepEqual([world.outcome, slow.withdrawn], [undefined, 1]);
});

test('a hang-up that is told after the verdict is left to the next read', () => {
  const slow = new SlowAuthenticator();
  const world = new World(HEADER, slow);
  world.comes(TOY_BYTES.subarray(0, 3));
  slow.decide(KNOWN);
  world.hangsUp();
  assert.equal(world.outcome, undefined);
  world.ends(0);
  assert.deepEqual([world.outcome, slow.withdrawn], [{ kind: 'left' }, 0]);
});
