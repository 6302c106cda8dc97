// A TLS client whose ClientHello goes to several servers, which act by dice. Whatever the client sees must be the truth about
// one of them, and no other server may have been sent more than the ClientHello.
import assert from 'node:assert/strict';
import { EAGAIN } from '../../src/linux/errno.js';
import * as libc from '../../src/linux/libc.js';
import { listening } from '../linux/peers.js';
import { clientHello } from './client-hello.js';
import type { Dice } from './dice.js';
import { rawClient } from './socks-raw.js';
import { ALERT, PLAIN_TEXT } from './tls-trick.js';
import { type Act, Content, End, someActs } from './turmoil-end.js';

const HELLO = clientHello({ serverName: 'a.test' });
/** The header of a record with a ServerHello (RFC 8446), long enough to be recognised. */
const ANSWER = Uint8Array.from([22, 3, 3, 0, 90, 2, 0, 0, 86, 3, 3]);
const LONG = 1000;

const heard: Act = { kind: 'await', rounds: LONG, size: HELLO.length };
const end: Act = { kind: 'half-close' };

/** A server's first bytes, and its acts. */
function someServer(roll: Dice): { head: Uint8Array; acts: Act[] } {
  const says = (head: Uint8Array, ...then: Act[]) => {
    const first: Act[] = [heard, { kind: 'rest', rounds: roll(2) * roll(30) }, { kind: 'send', size: head.length }];
    return { head, acts: [...first, ...then] };
  };
  switch (roll(9)) {
    case 0:
      return says(ALERT, roll(2) === 0 ? end : { kind: 'reset' });
    case 1:
      return says(PLAIN_TEXT, ...someActs(roll));
    case 2:
      return { head: ANSWER, acts: [heard, end] };
    case 3:
      return { head: ANSWER, acts: [heard, { kind: 'reset' }] };
    case 4:
      // At any time: before the ClientHello comes, or in the midst of it.
      return { head: roll(2) === 0 ? ANSWER : PLAIN_TEXT, acts: someActs(roll) };
    case 5:
      return { head: ANSWER, acts: [heard, { kind: 'rest', rounds: 300 }, { kind: 'reset' }] };
    default:
      return says(ANSWER, ...someActs(roll));
  }
}

/** Sends the ClientHello in pieces, and perhaps more. */
function someClient(roll: Dice, early: number): Act[] {
  const acts: Act[] = [];
  for (let left = HELLO.length - early; left > 0; ) {
    const size = roll(3) === 0 ? Math.min(left, 1 + roll(left)) : left;
    acts.push({ kind: 'send', size }, { kind: 'rest', rounds: roll(2) * roll(4) });
    left -= size;
  }
  if (roll(3) > 0) acts.push({ kind: 'await', rounds: LONG });
  return [...acts, ...someActs(roll)];
}

export class ContestedClient {
  readonly client: End;
  readonly servers: End[] = [];
  readonly port: number;
  readonly #listener: number;
  readonly #roll: Dice;

  constructor(gatewayPort: number, roll: Dice) {
    const { fd, port } = listening();
    this.#listener = fd;
    this.port = port;
    this.#roll = roll;
    const content = new Content(HELLO);
    const early = roll(3) === 0 ? roll(HELLO.length + 1) : 0;
    const client = rawClient(gatewayPort, port, content.at(0, early));
    this.client = new End(client, someClient(roll, early), content, undefined, early);
  }

  /** Accepts the connections that the gateway has made since the last call. */
  joining(): End[] {
    const joined: End[] = [];
    for (;;) {
      const fd = libc.accept4(this.#listener, 0, 0, 0x80800);
      if (fd === -EAGAIN) break;
      assert.ok(fd >= 0);
      const { head, acts } = someServer(this.#roll);
      joined.push(new End(fd, acts, new Content(head, 1 + 977 * this.servers.length), this.client.content));
      this.servers.push(joined[joined.length - 1]);
    }
    return joined;
  }

  close(): void {
    libc.close(this.#listener);
  }

  judge(): void {
    try {
      this.#judge();
    } catch (error) {
      throw new Error(`${(error as Error).message}${this}`);
    }
  }

  #judge(): void {
    const { client, servers } = this;
    const got = Buffer.concat(client.got);
    const winners = servers.filter((server) => server.sent >= got.length && server.content.holds(got, 0));
    assert.ok(winners.length > 0, 'what was read is not what one server has sent');
    const isTrue = (server: End): boolean => {
      if (client.found === undefined) return client.reset;
      return client.found === 0 ? server.halfClosed && server.sent === got.length : server.reset;
    };
    assert.ok(winners.some(isTrue), 'how it ended is not the truth about the server that was heard');
    const told = servers.filter(({ read }) => read > HELLO.length);
    assert.ok(told.length <= 1, 'more than the ClientHello went to two servers');
    if (got.length > 0)
      assert.ok(
        told.every((server) => winners.includes(server)),
        'one was heard and another told',
      );
    for (const server of servers) {
      assert.ok(server.read <= client.sent, 'more was read than was sent');
      if (server.found === 0) {
        assert.ok(client.halfClosed && server.read === client.sent, 'an end was read that the client has not sent');
      }
    }
    // Of several servers, the losers are reset without the client's doing.
    const [only] = servers;
    if (servers.length === 1 && (only.found ?? 0) < 0) assert.ok(client.reset, 'a reset that the client has not sent');
  }

  toString(): string {
    return `\nclient ${this.client}${this.servers.map((server) => `\nserver ${server}`).join('')}, port ${this.port}`;
  }
}
