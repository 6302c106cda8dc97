// A relay whose client sends one request: what belongs to it arrives, in any pieces and by splicing, and nothing behind it does.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ECONNRESET } from '../../../../src/linux/errno.js';
import { UNRECORDED } from '../../../../src/linux/ownership.js';
import { PipePool } from '../../../../src/linux/pipes.js';
import { sendBytes, shutdownWrite } from '../../../../src/linux/sockets.js';
import { DeadlineWheel } from '../../../../src/protocol/deadline-wheel.js';
import { ChunkedBody } from '../../../../src/protocol/http/chunked-body.js';
import { LengthBody } from '../../../../src/protocol/http/length-body.js';
import type { RequestBody } from '../../../../src/protocol/inbound/inbound.js';
import { usualQuiet } from '../../../../src/protocol/quiet/quiet.js';
import { Relay } from '../../../../src/workers/connection/relay/relay.js';
import type { RelayEnd } from '../../../../src/workers/connection/relay/relay-end.js';
import { dice } from '../../../helpers/dice.js';
import { fillUp, readNow, resetFd } from '../../../linux/peers.js';
import { ENGINES, type EngineKind, World } from '../../../linux/world.js';

const QUIET = usualQuiet({ tcp_keepalive_s: 60, idle_timeout_ms: 60_000 });

const HEAD = Buffer.from('POST / HTTP/1.1\r\n\r\n');
const SECOND = Buffer.from('GET http://b.test/ HTTP/1.1\r\n\r\n');

/** Notes what is passed over without a look. */
class Watched implements RequestBody {
  passed = 0;
  readonly #body: RequestBody;

  constructor(body: RequestBody) {
    this.#body = body;
  }

  get isOver(): boolean {
    return this.#body.isOver;
  }
  get isMalformed(): boolean {
    return this.#body.isMalformed;
  }
  get certain(): number {
    return this.#body.certain;
  }
  take(bytes: Uint8Array, start: number, end: number): number {
    return this.#body.take(bytes, start, end);
  }
  pass(size: number): void {
    this.passed += size;
    this.#body.pass(size);
  }
}

class Relayed {
  readonly world: World;
  readonly client: number;
  readonly destination: number;
  readonly body: Watched;
  readonly near: { readonly client: number; readonly destination: number };
  outcome: RelayEnd | undefined;
  /** Whether the destination has been reset. */
  wasReset = false;
  readonly #pipes = new PipePool(2, UNRECORDED);
  readonly #parts: Buffer[] = [];

  constructor(kind: EngineKind, body: RequestBody) {
    this.world = new World(kind);
    const { engine } = this.world;
    const client = this.world.connection();
    const destination = this.world.connection();
    this.client = client.peer;
    this.destination = destination.peer;
    this.near = { client: client.socket.fd, destination: destination.socket.fd };
    this.body = new Watched(body);
    const context = {
      engine,
      options: { half_closed_timeout_ms: 60_000 },
      deadlines: new DeadlineWheel(engine.now),
      pipes: this.#pipes,
      tunnelEnds: undefined,
      ends: {
        heard: () => {},
        relayed: (_connection: number, end: RelayEnd) => {
          this.outcome = end;
        },
      },
    };
    new Relay(context, client.socket, destination.socket, undefined, 1, QUIET, this.body).start(HEAD);
    this.world.settle();
  }

  /** The client says all of it, as fast as it is taken, and the destination reads. */
  says(bytes: Uint8Array, longest = bytes.length): void {
    const roll = dice(bytes.length);
    let sent = 0;
    this.world.until(
      () => {
        while (sent < bytes.length) {
          const taken = sendBytes(this.client, bytes.subarray(sent, sent + 1 + roll(longest)));
          if (taken < 0) break;
          sent += taken;
          if (longest < 10_000) break;
        }
        this.#hear();
        return sent === bytes.length;
      },
      'it is sent',
      100_000,
    );
    this.world.settle();
  }

  #hear(): void {
    for (;;) {
      const part = readNow(this.destination);
      if (part === -ECONNRESET) this.wasReset = true;
      if (typeof part === 'number' || part.length === 0) return;
      this.#parts.push(part);
    }
  }

  /** All that the destination has got, once it has so much. */
  gets(size: number): Buffer {
    const got = (): number => this.#parts.reduce((sum, { length }) => sum + length, 0);
    this.world.until(() => {
      this.#hear();
      return got() >= size;
    }, `${size} bytes`);
    this.world.settle();
    this.#hear();
    return Buffer.concat(this.#parts);
  }

  /** The destination answers and ends; the client gets that, ends too, and all is over. */
  answers(): void {
    sendBytes(this.destination, Buffer.from('answer'));
    shutdownWrite(this.destination);
    this.world.settle();
    const got = readNow(this.client);
    assert.equal(String(got), 'answer');
    shutdownWrite(this.client);
    this.over('complete');
  }

  over(how: RelayEnd['how']): void {
    this.world.until(() => this.outcome !== undefined, 'the end');
    assert.equal(this.outcome?.how, how);
    this.#pipes.destroy();
    this.world.end();
  }
}

function noise(size: number): Buffer {
  const roll = dice(size);
  const bytes = Buffer.alloc(size);
  for (let at = 0; at < size; at += 1) bytes[at] = roll(256);
  return bytes;
}

/** Chunks of these sizes. */
function chunked(...sizes: readonly number[]): Buffer {
  const chunks = sizes.map((size) =>
    Buffer.concat([Buffer.from(`${size.toString(16)}\r\n`), noise(size), Buffer.from('\r\n')]),
  );
  return Buffer.concat([...chunks, Buffer.from('0\r\nX-Sum: 1\r\n\r\n')]);
}

for (const { kind, missing } of ENGINES) {
  describe(`${kind}: a relay of one request`, { skip: missing ?? false }, () => {
    test('without a body passes nothing on', () => {
      const relayed = new Relayed(kind, new LengthBody(0));
      relayed.says(SECOND);
      assert.deepEqual(relayed.gets(HEAD.length), HEAD);
      relayed.answers();
      assert.equal(relayed.outcome?.up, HEAD.length);
    });

    for (const longest of [1, 7, 3000]) {
      test(`with a length, in pieces of up to ${longest}, ends where it ends`, () => {
        const body = noise(longest === 1 ? 100 : 20_000);
        const relayed = new Relayed(kind, new LengthBody(body.length));
        relayed.says(Buffer.concat([body, SECOND, SECOND]), longest);
        assert.deepEqual(relayed.gets(HEAD.length + body.length), Buffer.concat([HEAD, body]));
        relayed.answers();
      });

      test(`with chunks, in pieces of up to ${longest}, ends where it ends`, () => {
        const body = longest === 1 ? chunked(1, 20, 3) : chunked(1, 4096, 300, 5000);
        const relayed = new Relayed(kind, new ChunkedBody());
        relayed.says(Buffer.concat([body, SECOND, SECOND]), longest);
        assert.deepEqual(relayed.gets(HEAD.length + body.length), Buffer.concat([HEAD, body]));
        relayed.answers();
      });
    }

    /** Relays the body until much of it was spliced: that begins when receives fill their buffers, which is the kernel's doing. */
    const splices = (body: Buffer, newBody: () => RequestBody): void => {
      for (let tries = 0; tries < 10; tries += 1) {
        const relayed = new Relayed(kind, newBody());
        relayed.says(Buffer.concat([body, SECOND, SECOND]));
        assert.ok(relayed.gets(HEAD.length + body.length).equals(Buffer.concat([HEAD, body])));
        const { passed } = relayed.body;
        relayed.answers();
        assert.ok(passed <= body.length, String(passed));
        if (passed > 1_000_000) return;
      }
      assert.fail('ten were copied');
    };

    test('a long one is spliced, and ends where it ends', () => {
      const body = noise(6_000_000);
      splices(body, () => new LengthBody(body.length));
    });

    test('of long chunks their data are spliced, and nothing else is', () => {
      splices(chunked(3_000_000, 10, 2_000_000, 70_000, 1, 1_000_000), () => new ChunkedBody());
    });

    test('what is behind it is dropped also where the destination has no room yet', () => {
      const body = noise(10_000);
      const relayed = new Relayed(kind, new LengthBody(body.length));
      assert.deepEqual(relayed.gets(HEAD.length), HEAD);
      const filled = fillUp(relayed.near.destination);
      relayed.says(Buffer.concat([body, SECOND]));
      const got = relayed.gets(HEAD.length + filled + body.length);
      assert.ok(got.subarray(HEAD.length + filled).equals(body));
      relayed.answers();
    });

    test('the client’s end goes on behind it, and before it', () => {
      for (const sent of [10, 4]) {
        const relayed = new Relayed(kind, new LengthBody(10));
        relayed.says(noise(10).subarray(0, sent));
        shutdownWrite(relayed.client);
        relayed.gets(HEAD.length + sent);
        relayed.world.until(() => String(readNow(relayed.destination)) === '', 'the end of stream');
        shutdownWrite(relayed.destination);
        relayed.over('complete');
      }
    });

    test('a client that sends more and more behind it is broken off', () => {
      const relayed = new Relayed(kind, new LengthBody(0));
      const { world, client } = relayed;
      world.until(
        () => {
          sendBytes(client, SECOND);
          return relayed.outcome !== undefined;
        },
        'the end',
        10_000,
      );
      assert.ok(relayed.gets(HEAD.length).equals(HEAD));
      assert.ok(relayed.wasReset);
      relayed.over('reset-by-client');
    });

    test('a chunked one that breaks its rules is broken off, and does not look whole', () => {
      const relayed = new Relayed(kind, new ChunkedBody());
      relayed.says(Buffer.from('3\r\nabc\r\n'));
      assert.equal(
        relayed
          .gets(HEAD.length + 8)
          .subarray(HEAD.length)
          .toString(),
        '3\r\nabc\r\n',
      );
      relayed.says(Buffer.from('x'));
      relayed.gets(0);
      assert.ok(relayed.wasReset);
      relayed.over('reset-by-client');
    });

    test('a reset of the client goes on', () => {
      const relayed = new Relayed(kind, new LengthBody(10));
      relayed.gets(HEAD.length);
      relayed.world.hangUp(relayed.client, resetFd);
      relayed.world.until(() => readNow(relayed.destination) === -ECONNRESET, 'the reset');
      relayed.over('reset-by-client');
    });
  });
}
