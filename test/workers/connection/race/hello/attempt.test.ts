// A hello attempt without a hello race around it, on a real engine: whatever the server says, all of the question goes out.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Socket } from '../../../../../src/linux/engine/socket.js';
import { sendBytes, shutdownWrite } from '../../../../../src/linux/sockets.js';
import { type ConnectedAttempt, HelloAttempt } from '../../../../../src/workers/connection/race/hello/attempt.js';
import { fillUp, readNow, resetFd } from '../../../../linux/peers.js';
import { ENGINES, World } from '../../../../linux/world.js';

/** A fatal alert: handshake_failure (RFC 8446 section 6). */
const ALERT = Buffer.from([0x15, 3, 3, 0, 2, 2, 40]);
/** The beginning of a record with a ServerHello. */
const ANSWER = Buffer.from([22, 3, 3, 0, 90, 2, 0, 0, 86, 3, 3]);
const HELLO = Buffer.from('the ClientHello');

const connected = (socket: Socket): ConnectedAttempt => ({
  ...{ candidate: { line: 0, ip: Uint8Array.of(127, 0, 0, 1) }, line: { isDirect: true }, rest: undefined },
  ...{ askedAt: Number.NaN, answeredAt: Number.NaN, endedAt: Number.NaN, result: 'connected' },
  release: () => socket,
});

for (const { kind, missing } of ENGINES) {
  describe(`${kind}: a hello attempt that has no room for its question`, { skip: missing ?? false }, () => {
    /** One that was refused by then, and the peer that has read nothing. */
    function refused(world: World, answer: (peer: number) => void) {
      const { socket, peer } = world.connection();
      const filled = fillUp(socket.fd);
      const refusals: (string | undefined)[] = [];
      const attempt = new HelloAttempt(world.engine, connected(socket), undefined, {
        spokeFirst: () => assert.fail('spoke first'),
        answered: () => assert.fail('answered'),
        refused: ({ refusal }) => refusals.push(refusal),
      });
      attempt.ask(HELLO, 1000);
      answer(peer);
      world.until(() => refusals.length > 0, 'a refusal');
      return { attempt, peer, filled, refusals };
    }

    for (const [how, answer] of [
      ['alert', (peer: number) => sendBytes(peer, ALERT)],
      ['ended', (peer: number) => shutdownWrite(peer)],
    ] as const) {
      test(`goes on asking after a refusal (${how}): it may be all that the client gets`, () => {
        const world = new World(kind);
        const { attempt, peer, filled, refusals } = refused(world, answer);
        assert.deepEqual(attempt.unsent, HELLO);
        const got: Buffer[] = [];
        world.until(() => {
          for (let part = readNow(peer); typeof part !== 'number'; part = readNow(peer)) got.push(part);
          return Buffer.concat(got).length === filled + HELLO.length;
        }, 'the whole question');
        assert.deepEqual(Buffer.concat(got).subarray(filled), HELLO);
        assert.equal(attempt.unsent, undefined);
        assert.deepEqual(refusals, [how]);
        world.end();
      });
    }

    test('hears no answer in what came before a question that could not be sent', () => {
      const world = new World(kind);
      const { socket, peer } = world.connection();
      const refusals: (string | undefined)[] = [];
      const attempt = new HelloAttempt(world.engine, connected(socket), undefined, {
        spokeFirst: () => assert.fail('spoke first'),
        answered: () => assert.fail('answered'),
        refused: ({ refusal }) => refusals.push(refusal),
      });
      attempt.listen();
      world.settle();
      sendBytes(peer, ANSWER);
      world.hangUp(peer, resetFd);
      attempt.ask(HELLO, 1000);
      world.settle();
      assert.deepEqual(refusals, ['broken']);
      world.end();
    });

    test('is refused once by a server that is broken', () => {
      const world = new World(kind);
      const { refusals, attempt } = refused(world, (peer) => world.hangUp(peer, resetFd));
      world.settle();
      assert.deepEqual(refusals, ['broken']);
      assert.equal(attempt.isOpen, false);
      world.end();
    });
  });
}
