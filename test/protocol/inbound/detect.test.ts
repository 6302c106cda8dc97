// Which protocol a client speaks: each way in is fed the bytes of every other protocol, whole and one by one, and a protocol
// that a listener does not speak is refused in its own words.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { InboundStep } from '../../../src/protocol/inbound/inbound.js';
import { inboundOf } from '../../../src/protocol/inbound/protocols.js';
import { INBOUND_NAMES, type InboundName } from '../../../src/protocol/inbound-name.js';

const CHOSEN_NONE = [5, 0];
const CHOSEN_PASSWORD = [5, 2];
const UNACCEPTABLE = [5, 255];
const REJECTED = [0, 91, 0, 0, 0, 0, 0, 0];
const TLS_ALERT = [21, 3, 1, 0, 2, 2, 40];
const PROXY_2 = [13, 10, 13, 10, 0, 13, 10, 81, 85, 73, 84, 10, 0x21, 0x11, 0, 12, 1, 2, 3, 4, 5, 6, 7, 8, 0, 1, 0, 2];

const HELLOS = {
  socks5: [5, 2, 0, 2],
  socks4: [4, 1, 0, 80, 127, 0, 0, 1, 0],
  socks4a: [4, 1, 0, 80, 0, 0, 0, 1, 0, ...Buffer.from('a.test'), 0],
  connect: [...Buffer.from('CONNECT a.test:443 HTTP/1.1\r\nHost: a.test:443\r\n\r\n')],
  get: [...Buffer.from('GET http://a.test/ HTTP/1.1\r\nHost: a.test\r\n\r\n')],
  tls: [22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3],
  ssh: [...Buffer.from('SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n')],
  proxy1: [...Buffer.from('PROXY TCP4 192.0.2.1 192.0.2.2 5678 1080\r\n')],
  proxy2: PROXY_2,
  zeros: [0, 0, 0, 0],
  rdp: [3, 0, 0, 19, 14, 224],
  lines: [...Buffer.from('\r\nGET / HTTP/1.1\r\nHost: a.test\r\n\r\n')],
  utf8: [0xef, 0xbb, 0xbf, 0x47],
} as const;
type Hello = keyof typeof HELLOS;

/** The steps of a client whose bytes come at once or one by one, until it is known what becomes of it. */
function ends(
  protocols: readonly InboundName[],
  wantsUser: boolean,
  hello: readonly number[],
  each: boolean,
): InboundStep {
  let inbound = inboundOf(protocols, wantsUser);
  const bytes = Uint8Array.from([9, ...hello]);
  for (let end = each ? 1 : bytes.length; end <= bytes.length; end += 1) {
    const step = inbound.feed(bytes, 1, end);
    // The same bytes are read on by another one.
    if (step.kind === 'proceed' && step.size === 0) inbound = step.next;
    else if (step.kind !== 'incomplete') return step;
  }
  return { kind: 'incomplete' };
}

interface Expected {
  readonly kind: 'proceed' | 'requested' | 'refused';
  readonly answer?: readonly number[] | string | undefined;
  readonly misfit?: string;
}

const refused = (answer: readonly number[] | string | undefined, misfit?: string): Expected => ({
  kind: 'refused',
  answer,
  ...(misfit === undefined ? {} : { misfit }),
});

/** The same for every listener. */
const OTHERS: Partial<Readonly<Record<Hello, Expected>>> = {
  tls: refused(TLS_ALERT, 'speaks TLS to the gateway'),
  ssh: refused(undefined, 'speaks SSH to the gateway'),
  proxy1: refused(undefined, 'begins with a PROXY header'),
  proxy2: refused(undefined, 'begins with a PROXY header'),
  ...{ zeros: refused(undefined), rdp: refused(undefined), lines: refused(undefined), utf8: refused(undefined) },
};

const NOT_SOCKS5 = refused(UNACCEPTABLE, 'speaks SOCKS5, which this listener does not');
const NOT_SOCKS4 = refused(REJECTED, 'speaks SOCKS4, which this listener does not');
const NOT_HTTP = refused('HTTP/1.1 403 Forbidden', 'speaks HTTP, which this listener does not');
const NAMELESS = refused(REJECTED, 'speaks SOCKS4, which cannot name a user');
const WITHOUT_HTTP = { connect: NOT_HTTP, get: NOT_HTTP };
const REQUESTED: Expected = { kind: 'requested' };
/** An empty line before a request is passed over. */
const AS_TO_A_SERVER = refused('HTTP/1.1 400 Bad Request');
const WITH_HTTP = { connect: REQUESTED, get: REQUESTED, lines: AS_TO_A_SERVER };
const SIGN_IN = refused('HTTP/1.1 407 Proxy Authentication Required');

const LISTENERS: readonly [readonly InboundName[], boolean, Partial<Readonly<Record<Hello, Expected>>>][] = [
  [
    ['socks5', 'socks4'],
    false,
    { socks5: { kind: 'proceed', answer: CHOSEN_NONE }, socks4: REQUESTED, socks4a: REQUESTED, ...WITHOUT_HTTP },
  ],
  [
    ['socks5', 'socks4'],
    true,
    { socks5: { kind: 'proceed', answer: CHOSEN_PASSWORD }, socks4: NAMELESS, socks4a: NAMELESS, ...WITHOUT_HTTP },
  ],
  [
    ['socks5'],
    false,
    { socks5: { kind: 'proceed', answer: CHOSEN_NONE }, socks4: NOT_SOCKS4, socks4a: NOT_SOCKS4, ...WITHOUT_HTTP },
  ],
  [
    ['socks5', 'socks4', 'http'],
    false,
    { socks5: { kind: 'proceed', answer: CHOSEN_NONE }, socks4: REQUESTED, socks4a: REQUESTED, ...WITH_HTTP },
  ],
  [
    ['socks5', 'http'],
    true,
    {
      ...{ socks5: { kind: 'proceed', answer: CHOSEN_PASSWORD }, socks4: NOT_SOCKS4, socks4a: NOT_SOCKS4 },
      ...{ connect: SIGN_IN, get: SIGN_IN, lines: AS_TO_A_SERVER },
    },
  ],
  [['http'], false, { socks5: NOT_SOCKS5, socks4: NOT_SOCKS4, socks4a: NOT_SOCKS4, ...WITH_HTTP }],
  [['socks4'], false, { socks5: NOT_SOCKS5, socks4: REQUESTED, socks4a: REQUESTED, ...WITHOUT_HTTP }],
];

for (const [protocols, wantsUser, own] of LISTENERS) {
  const expected = { ...OTHERS, ...own };
  for (const [hello, bytes] of Object.entries(HELLOS)) {
    test(`a listener for ${protocols}${wantsUser ? ' and users' : ''} is fed ${hello}`, () => {
      const { kind, answer, misfit } = expected[hello as Hello] ?? assert.fail('nothing expected');
      for (const each of [false, true]) {
        const step = ends(protocols, wantsUser, bytes, each);
        assert.equal(step.kind, kind);
        if (step.kind === 'proceed') assert.deepEqual([...(step.answer ?? [])], answer);
        if (step.kind !== 'refused') continue;
        const said = step.answer === undefined ? undefined : Buffer.from(step.answer);
        if (typeof answer === 'string') assert.ok(said?.toString().startsWith(`${answer}\r\n`));
        else assert.deepEqual(said === undefined ? undefined : [...said], answer);
        if (misfit === undefined) assert.equal(step.misfit, undefined);
        else assert.ok(step.misfit?.sentence.startsWith(misfit), step.misfit?.sentence);
      }
    });
  }
}

test('a client that is refused hears, and the operator reads, what the listener speaks', () => {
  const step = ends(['socks5', 'socks4'], false, HELLOS.get, false);
  assert.ok(step.kind === 'refused' && step.answer !== undefined);
  assert.equal(step.misfit?.sentence, 'speaks HTTP, which this listener does not: set it to SOCKS5 or SOCKS4');
  const [head, body] = Buffer.from(step.answer).toString().split('\r\n\r\n');
  assert.equal(body, `tcproute: this client ${step.misfit.sentence}\n`);
  assert.match(head, new RegExp(`^Content-Length: ${body.length}$`, 'm'));
});

test('a method that has no end is not waited for', () => {
  for (const text of ['G'.repeat(33), 'GET\r\n', 'GET\0', 'GET\t/']) {
    const step = ends(['socks5'], false, [...Buffer.from(text)], true);
    assert.ok(step.kind === 'refused' && step.answer === undefined, text);
  }
});

test('no bytes make it throw, and what begins nothing ends at once', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 700 }), fc.boolean(), (bytes, wantsUser) => {
      const step = inboundOf(INBOUND_NAMES, wantsUser).feed(bytes, 0, bytes.length);
      if (![4, 5, 13, 22].includes(bytes[0]) && (bytes[0] <= 0x20 || bytes[0] > 0x7e))
        assert.equal(step.kind, 'refused');
    }),
    { numRuns: 5000 },
  );
});
