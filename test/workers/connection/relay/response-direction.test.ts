// A relay whose client gets the response to one request: with Via, in any pieces, to a slow client, and spliced behind its head.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { UNRECORDED } from '../../../../src/linux/ownership.js';
import { type Pipe, PipePool } from '../../../../src/linux/pipes.js';
import { sendBytes, shutdownWrite } from '../../../../src/linux/sockets.js';
import { DeadlineWheel } from '../../../../src/protocol/deadline-wheel.js';
import { LengthBody } from '../../../../src/protocol/http/length-body.js';
import { usualQuiet } from '../../../../src/protocol/quiet/quiet.js';
import { Relay } from '../../../../src/workers/connection/relay/relay.js';
import type { RelayEnd } from '../../../../src/workers/connection/relay/relay-end.js';
import { fillUp, readNow } from '../../../linux/peers.js';
import { ENGINES, type EngineKind, World } from '../../../linux/world.js';

const QUIET = usualQuiet({ tcp_keepalive_s: 60, idle_timeout_ms: 60_000 });

const VIA = 'Via: 1.1 tcproute\r\n';
const HEAD = 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n';
const WITH_VIA = `HTTP/1.1 200 OK\r\n${VIA}Content-Length: 4\r\n\r\n`;

class CountedPipes extends PipePool {
  borrowed = 0;

  override borrow(): Pipe | undefined {
    this.borrowed += 1;
    return super.borrow();
  }
}

class Relayed {
  readonly world: World;
  readonly client: number;
  readonly destination: number;
  /** The client's socket on this side. */
  readonly near: number;
  readonly pipes = new CountedPipes(2, UNRECORDED);
  outcome: RelayEnd | undefined;
  got = Buffer.alloc(0);

  /** `rest`: what the destination has sent before. */
  constructor(kind: EngineKind, rest?: Buffer, before: (near: number) => void = () => {}) {
    this.world = new World(kind);
    const { engine } = this.world;
    const [client, destination] = [this.world.connection(), this.world.connection()];
    this.client = client.peer;
    this.destination = destination.peer;
    this.near = client.socket.fd;
    before(this.near);
    const context = {
      engine,
      options: { half_closed_timeout_ms: 60_000 },
      deadlines: new DeadlineWheel(engine.now),
      pipes: this.pipes,
      tunnelEnds: undefined,
      ends: {
        heard: () => {},
        relayed: (_connection: number, end: RelayEnd) => {
          this.outcome = end;
        },
      },
    };
    new Relay(context, client.socket, destination.socket, undefined, 1, QUIET, new LengthBody(0)).start(
      undefined,
      rest,
    );
    this.world.settle();
  }

  /** The destination says it all, and the client reads meanwhile. */
  says(bytes: Buffer): void {
    let sent = 0;
    this.world.until(
      () => {
        const taken = sendBytes(this.destination, bytes.subarray(sent));
        sent += Math.max(taken, 0);
        this.hear();
        return sent === bytes.length;
      },
      'it is sent',
      100_000,
    );
    this.world.settle();
  }

  hear(): void {
    for (;;) {
      const part = readNow(this.client);
      if (typeof part === 'number' || part.length === 0) return;
      this.got = Buffer.concat([this.got, part]);
    }
  }

  /** Both sides end; what the client has got in all. `before`: bytes that the relay has not sent. */
  end(size: number, before = 0): Buffer {
    this.world.until(() => {
      this.hear();
      return this.got.length >= size;
    }, `${size} bytes`);
    shutdownWrite(this.destination);
    shutdownWrite(this.client);
    this.world.until(() => {
      this.hear();
      return this.outcome !== undefined;
    }, 'the end');
    assert.deepEqual([this.outcome?.how, this.outcome?.down], ['complete', this.got.length - before]);
    this.pipes.destroy();
    this.world.end();
    return this.got;
  }
}

for (const { kind, missing } of ENGINES) {
  describe(`${kind}: the response to one request`, { skip: missing ?? false }, () => {
    test('says that it came by this gateway, at every split', () => {
      for (let at = 0; at <= HEAD.length; at += 1) {
        const relayed = new Relayed(kind);
        for (const piece of [HEAD.slice(0, at), `${HEAD.slice(at)}body`])
          if (piece !== '') relayed.says(Buffer.from(piece));
        assert.equal(String(relayed.end(WITH_VIA.length + 4)), `${WITH_VIA}body`, `${at}`);
      }
    });

    test('may have begun before', () => {
      const relayed = new Relayed(kind, Buffer.from(HEAD.slice(0, 9)));
      relayed.says(Buffer.from(`${HEAD.slice(9)}body`));
      assert.equal(String(relayed.end(WITH_VIA.length + 4)), `${WITH_VIA}body`);
    });

    test('is spliced behind its head, and whole', () => {
      const body = Buffer.alloc(8_000_000, 'response ');
      const wanted = Buffer.concat([Buffer.from(WITH_VIA), body]);
      // It begins when receives fill their buffers, which is the kernel's doing.
      for (let tries = 0; tries < 10; tries += 1) {
        const relayed = new Relayed(kind);
        relayed.says(Buffer.from(HEAD));
        relayed.says(body);
        assert.ok(relayed.end(wanted.length).equals(wanted));
        if (relayed.pipes.borrowed > 0) return;
      }
      assert.fail('ten were copied');
    });

    test('waits for a client that takes nothing, in its order', () => {
      let before = 0;
      const relayed = new Relayed(kind, undefined, (near) => {
        before = fillUp(near);
      });
      for (const piece of [HEAD.slice(0, 20), HEAD.slice(20), 'body']) {
        sendBytes(relayed.destination, Buffer.from(piece));
        relayed.world.settle();
      }
      const got = relayed.end(before + WITH_VIA.length + 4, before);
      assert.equal(String(got.subarray(before)), `${WITH_VIA}body`);
    });
  });
}
