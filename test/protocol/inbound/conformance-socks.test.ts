// What the specifications of SOCKS ask of a server, one test for each: RFC 1928, RFC 1929, and the notes on SOCKS4 and 4A.
// A message that is refused ends the connection behind its answer, which test/gateway/conformance-socks.test.ts shows.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Inbound, InboundStep, Proceed, Refused, Requested } from '../../../src/protocol/inbound/inbound.js';
import { inboundOf } from '../../../src/protocol/inbound/protocols.js';
import { SOCKS4_REPLIES } from '../../../src/protocol/inbound/socks4.js';
import { SOCKS5_REPLIES } from '../../../src/protocol/inbound/socks5.js';
import { FAILURES, type FailureCode, failureOf } from '../../../src/protocol/race/failure.js';

const OPEN = inboundOf(['socks5', 'socks4'], false);
const OF_USERS = inboundOf(['socks5', 'socks4'], true);
const CODES = Object.keys(FAILURES) as FailureCode[];

const fed = (inbound: Inbound, ...bytes: readonly number[]): InboundStep =>
  inbound.feed(Uint8Array.from(bytes), 0, bytes.length);
const next = (inbound: Inbound, ...bytes: readonly number[]): Inbound => (fed(inbound, ...bytes) as Proceed).next;
const answer = (step: InboundStep): readonly number[] => [...((step as Proceed | Refused).answer ?? [])];
const text = (one: string): number[] => [...Buffer.from(one)];
const targetOf = (step: InboundStep): string => {
  const { host, port } = (step as Requested).target;
  return `${host} ${port}`;
};

const REQUEST = next(OPEN, 5, 1, 0);
const PASSWORD = next(OF_USERS, 5, 1, 2);
const GOOD = { v4: [5, 1, 0, 1, 192, 0, 2, 1, 0, 80], v6: [5, 1, 0, 4, 0x20, 1, ...Array(13).fill(0), 1, 0, 80] };

const RFC_1928: readonly [string, string, () => void][] = [
  [
    '3',
    'the server selects one of the methods given in METHODS',
    () => {
      for (const inbound of [OPEN, OF_USERS]) {
        for (let first = 0; first < 255; first += 1) {
          for (const second of [0, 1, 2, 3, 254]) {
            const [version, method] = answer(fed(inbound, 5, 2, first, second));
            assert.equal(version, 5);
            assert.ok(method === first || method === second || method === 255);
          }
        }
      }
    },
  ],
  [
    '3',
    "if none of the methods is acceptable, the selected METHOD is X'FF'",
    () => {
      const step = fed(OPEN, 5, 1, 3);
      assert.deepEqual([step.kind, answer(step)], ['refused', [5, 255]]);
    },
  ],
  [
    '3',
    'METHODS has 1 to 255 octets, as NMETHODS says',
    () => {
      const methods = Array.from({ length: 255 }, (_, at) => 254 - at);
      assert.equal(fed(OPEN, 5, 255, ...methods.slice(1)).kind, 'incomplete');
      assert.deepEqual(answer(fed(OPEN, 5, 255, ...methods)), [5, 0]);
    },
  ],
  [
    '3',
    'SHOULD support USERNAME/PASSWORD',
    () => {
      assert.deepEqual(answer(fed(OF_USERS, 5, 1, 2)), [5, 2]);
      assert.deepEqual(answer(fed(OPEN, 5, 1, 2)), [5, 2]);
    },
  ],
  [
    '3',
    'MUST support GSSAPI: this server does not, as nearly no other does, and says so',
    () => assert.deepEqual(answer(fed(OPEN, 5, 1, 1)), [5, 255]),
  ],
  [
    '4',
    'the request follows the negotiation, also in the same segment',
    () => {
      const bytes = Uint8Array.from([5, 1, 0, ...GOOD.v4]);
      const { size, next: reads } = OPEN.feed(bytes, 0, bytes.length) as Proceed;
      assert.equal(targetOf(reads.feed(bytes, size, bytes.length)), '192.0.2.1 80');
    },
  ],
  [
    '4',
    'DST.PORT is in network octet order',
    () => assert.equal(targetOf(fed(REQUEST, 5, 1, 0, 1, 1, 2, 3, 4, 1, 2)), '1.2.3.4 258'),
  ],
  ['5', "ATYP X'01' is an address of 4 octets", () => assert.equal(targetOf(fed(REQUEST, ...GOOD.v4)), '192.0.2.1 80')],
  ['5', "ATYP X'04' is an address of 16 octets", () => assert.equal(targetOf(fed(REQUEST, ...GOOD.v6)), '2001::1 80')],
  [
    '5',
    "ATYP X'03' is a name, whose first octet is its length; there is no terminating NUL",
    () => {
      assert.equal(targetOf(fed(REQUEST, 5, 1, 0, 3, 6, ...text('a.test'), 0, 80)), 'a.test 80');
      assert.equal(answer(fed(REQUEST, 5, 1, 0, 3, 7, ...text('a.test\0'), 0, 80))[1], 4);
    },
  ],
  [
    '6',
    "REP X'07' for a command that is not supported",
    () => {
      for (const command of [0, 2, 4, 255]) assert.equal(answer(fed(REQUEST, 5, command, ...GOOD.v4.slice(2)))[1], 7);
    },
  ],
  [
    '6',
    "REP X'08' for an address type that is not supported",
    () => {
      for (const type of [0, 2, 5, 255]) assert.equal(answer(fed(REQUEST, 5, 1, 0, type, 9))[1], 8);
    },
  ],
  [
    '6',
    'a reply has VER 5, a RSV that MUST be 0, and an address of its ATYP',
    () => {
      const { success, failure } = SOCKS5_REPLIES;
      for (const [size, reply] of [
        [10, success(new Uint8Array(4).fill(9), 258)],
        [22, success(new Uint8Array(16).fill(9), 258)],
        ...CODES.map((code) => [10, failure(failureOf(code))] as const),
      ] as const) {
        assert.deepEqual([reply.length, reply[0], reply[2], reply[3]], [size, 5, 0, size === 10 ? 1 : 4]);
      }
    },
  ],
  [
    '6',
    "REP is X'00' for success and one of X'01' to X'08' for every failure",
    () => {
      assert.equal(SOCKS5_REPLIES.success(new Uint8Array(4), 0)[1], 0);
      for (const code of CODES) {
        const rep = SOCKS5_REPLIES.failure(failureOf(code))[1];
        assert.ok(rep >= 1 && rep <= 8, code);
      }
    },
  ],
  [
    '6',
    'after success the client may pass data, and may have sent it before',
    () => assert.deepEqual((fed(REQUEST, ...GOOD.v4, 1, 2) as Requested).early, Uint8Array.of(1, 2)),
  ],
];

const RFC_1929: readonly [string, string, () => void][] = [
  ['2', "VER of the subnegotiation is X'01'", () => assert.equal(fed(PASSWORD, 5).kind, 'refused')],
  [
    '2',
    'UNAME and PASSWD have as many octets as ULEN and PLEN say, up to 255',
    () => {
      const [name, password] = ['n'.repeat(255), 'p'.repeat(255)];
      const bytes = [1, 255, ...text(name), 255, ...text(password)];
      assert.equal(fed(PASSWORD, ...bytes.slice(0, -1)).kind, 'incomplete');
      const step = fed(PASSWORD, ...bytes, 5);
      assert.ok(step.kind === 'claimed');
      assert.deepEqual([step.name, step.password, step.accepted.size], [name, password, 513]);
    },
  ],
  [
    '2',
    "the server answers with VER X'01' and STATUS, X'00' for success",
    () => {
      const step = fed(PASSWORD, 1, 1, 97, 1, 98);
      assert.ok(step.kind === 'claimed');
      assert.deepEqual(answer(step.accepted), [1, 0]);
      assert.equal(targetOf(fed(step.accepted.next, ...GOOD.v4)), '192.0.2.1 80');
    },
  ],
  [
    '2',
    "a STATUS other than X'00' is a failure, and the server MUST close the connection",
    () => {
      const step = fed(PASSWORD, 1, 1, 97, 1, 98);
      assert.ok(step.kind === 'claimed');
      assert.deepEqual([step.denied.kind, answer(step.denied)], ['refused', [1, 1]]);
    },
  ],
];

const SOCKS4_NOTES: readonly [string, string, () => void][] = [
  [
    'CONNECT',
    'the request has VN 4, CD 1, port, address, and a user id that ends with a zero octet',
    () => assert.equal(targetOf(fed(OPEN, 4, 1, 0, 80, 192, 0, 2, 1, ...text('alice'), 0)), '192.0.2.1 80'),
  ],
  [
    'CONNECT',
    'the reply has VN 0 and CD 90 for success, in 8 octets',
    () => {
      const reply = SOCKS4_REPLIES.success(Uint8Array.of(1, 2, 3, 4), 80);
      assert.deepEqual([reply.length, reply[0], reply[1]], [8, 0, 90]);
    },
  ],
  [
    'CONNECT',
    'a request that is rejected or failed gets CD 91, and the server closes its connection at once',
    () => {
      for (const code of CODES)
        assert.deepEqual([...SOCKS4_REPLIES.failure(failureOf(code))], [0, 91, 0, 0, 0, 0, 0, 0]);
    },
  ],
  [
    'BIND',
    'is rejected: it is not carried out here',
    () => {
      const step = fed(OPEN, 4, 2, 0, 80, 192, 0, 2, 1, 0);
      assert.deepEqual([step.kind, answer(step)[1]], ['refused', 91]);
    },
  ],
  [
    '4A',
    'the server must check whether DSTIP is 0.0.0.x with x not 0, and then must read the name behind the user id',
    () => {
      for (let x = 1; x < 256; x += 1) {
        assert.equal(fed(OPEN, 4, 1, 0, 80, 0, 0, 0, x, ...text('alice'), 0).kind, 'incomplete');
        assert.equal(
          targetOf(fed(OPEN, 4, 1, 0, 80, 0, 0, 0, x, ...text('alice'), 0, ...text('a.test'), 0)),
          'a.test 80',
        );
      }
      for (const ip of [
        [0, 0, 0, 0],
        [0, 0, 1, 1],
        [0, 1, 0, 1],
        [1, 0, 0, 1],
      ]) {
        assert.equal(targetOf(fed(OPEN, 4, 1, 0, 80, ...ip, 0)), `${ip.join('.')} 80`);
      }
    },
  ],
];

for (const [document, rows] of [
  ['RFC 1928', RFC_1928],
  ['RFC 1929', RFC_1929],
  ['SOCKS4', SOCKS4_NOTES],
] as const) {
  for (const [section, requirement, shows] of rows) test(`${document}, ${section}: ${requirement}`, shows);
}
