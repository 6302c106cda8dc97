// SOCKS5 as a way in: literal bytes, every split point, names and passwords, hostile bytes, and what each failure is answered
// with.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Claimed, Inbound, InboundStep, Proceed, Refused } from '../../../src/protocol/inbound/inbound.js';
import { refusingSocks5, SOCKS5, SOCKS5_OF_USERS, SOCKS5_REPLIES } from '../../../src/protocol/inbound/socks5.js';
import { FAILURES, type FailureCode, failureOf } from '../../../src/protocol/race/failure.js';

/** The step for a message that is all that has come. */
const fed = (inbound: Inbound, bytes: readonly number[]): InboundStep =>
  inbound.feed(Uint8Array.from(bytes), 0, bytes.length);

/** What reads the request. */
function afterGreeting(): Inbound {
  const step = fed(SOCKS5, [5, 1, 0]);
  assert.equal(step.kind, 'proceed');
  return (step as InboundStep & { kind: 'proceed' }).next;
}
const REQUEST = afterGreeting();

function refusal(inbound: Inbound, bytes: readonly number[]): Refused {
  const step = fed(inbound, bytes);
  assert.equal(step.kind, 'refused', JSON.stringify(bytes));
  return step as Refused;
}

/** The method that is chosen by a listener without users, and by one with users; 255 for none. */
const GREETINGS: readonly [string, readonly number[], number, number][] = [
  ['no authentication alone', [5, 1, 0], 0, 255],
  ['no authentication and password', [5, 2, 0, 2], 0, 2],
  ['password and no authentication', [5, 2, 2, 0], 0, 2],
  ['no authentication last of many', [5, 5, 9, 8, 7, 6, 0], 0, 255],
  ['password alone', [5, 1, 2], 2, 2],
  ['GSSAPI and password', [5, 2, 1, 2], 2, 2],
  ['GSSAPI alone', [5, 1, 1], 255, 255],
  ['no method at all', [5, 0], 255, 255],
  ['255 methods', [5, 255, ...Array(254).fill(3), 0], 0, 255],
  ['255 methods, a password among them', [5, 255, 2, ...Array(254).fill(0)], 0, 2],
];

const REQUESTS: readonly [string, readonly number[], { host: string; port: number }][] = [
  ['an IPv4 address', [5, 1, 0, 1, 192, 0, 2, 1, 0, 80], { host: '192.0.2.1', port: 80 }],
  [
    'an IPv6 address',
    [5, 1, 0, 4, 0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0xbb],
    { host: '2001:db8::1', port: 443 },
  ],
  [
    'an IPv4 address mapped into IPv6',
    [5, 1, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 10, 0, 0, 1, 0, 1],
    { host: '10.0.0.1', port: 1 },
  ],
  [
    'a name in capitals with a trailing dot',
    [5, 1, 0, 3, 8, ...Buffer.from('Exa.MpL.'), 0x1f, 0x90],
    { host: 'exa.mpl', port: 8080 },
  ],
  ['an address as a name', [5, 1, 0, 3, 7, ...Buffer.from('1.2.3.4'), 0, 9], { host: '1.2.3.4', port: 9 }],
];

for (const [what, bytes, open, ofUsers] of GREETINGS) {
  for (const [inbound, method, mistake] of [
    [SOCKS5, open, /^offers SOCKS5 only with ways of authentication that are not known here/],
    [SOCKS5_OF_USERS, ofUsers, /^does not offer to name a user/],
    [refusingSocks5({ what: 'SOCKS5', sentence: 'unwanted' }), 255, /^unwanted$/],
  ] as const) {
    test(`a greeting with ${what} is incomplete at every split, and then gets method ${method}`, () => {
      for (let length = 0; length < bytes.length; length += 1) {
        assert.deepEqual(fed(inbound, bytes.slice(0, length)), { kind: 'incomplete' }, `${length} bytes`);
      }
      for (const rest of [[], [5, 1, 0]]) {
        const step = fed(inbound, [...bytes, ...rest]);
        assert.ok(step.kind === 'proceed' || step.kind === 'refused');
        assert.deepEqual([...(step.answer ?? [])], [5, method]);
        if (step.kind === 'proceed') assert.deepEqual([step.size, step.client], [bytes.length, undefined]);
        else {
          assert.equal(step.ending, 'refused');
          assert.match(step.misfit?.sentence ?? '', mistake);
        }
        assert.equal(step.kind === 'refused', method === 255);
      }
    });
  }
}

/** What reads the name and password, of a listener with users and of one without. */
const [JUDGED, UNASKED] = [SOCKS5_OF_USERS, SOCKS5].map((inbound) => (fed(inbound, [5, 1, 2]) as Proceed).next);
const credentials = (name: Buffer | string, password: Buffer | string): number[] => [
  ...[1, Buffer.from(name).length, ...Buffer.from(name)],
  ...[Buffer.from(password).length, ...Buffer.from(password)],
];
const LONG = 'ü'.repeat(127).concat('x');

for (const [what, name, password] of [
  ['ASCII', 'alice', 'secret'],
  ['a tag', 'alice+work', 'secret'],
  ['UTF-8', 'Zoë', 'pässwörd €'],
  ['255 octets each', LONG, LONG],
  ['an empty password', 'alice', ''],
  ['an empty name', '', 'secret'],
  ['both empty', '', ''],
  ['a byte order mark', '\ufeffalice', '\ufeff'],
  ['zeros', 'al\0ice', '\0'],
] as const) {
  test(`a name and password with ${what} are incomplete at every split and then claimed, or accepted unasked`, () => {
    const bytes = credentials(name, password);
    for (let length = 0; length < bytes.length; length += 1) {
      for (const inbound of [JUDGED, UNASKED]) {
        assert.deepEqual(fed(inbound, bytes.slice(0, length)), { kind: 'incomplete' }, `${length} bytes`);
      }
    }
    for (const rest of [[], [5, 1, 0, 1]]) {
      const claimed = fed(JUDGED, [...bytes, ...rest]) as Claimed;
      assert.deepEqual([claimed.kind, claimed.name, claimed.password], ['claimed', name, password]);
      const { accepted, denied } = claimed;
      for (const proceed of [accepted, fed(UNASKED, [...bytes, ...rest]) as Proceed]) {
        assert.deepEqual([proceed.kind, proceed.size, proceed.next], ['proceed', bytes.length, REQUEST]);
        assert.deepEqual(proceed.answer, Uint8Array.of(1, 0));
      }
      assert.deepEqual([denied.answer, denied.ending], [Uint8Array.of(1, 1), 'denied']);
      // The judge of claims logs it.
      assert.equal(denied.misfit, undefined);
    }
  });
}

test('what is no UTF-8 in a name or password is nobody’s', () => {
  const claimed = fed(JUDGED, credentials(Buffer.from([0xff, 0x41]), Buffer.from([0xc3]))) as Claimed;
  assert.deepEqual([claimed.name, claimed.password], ['\ufffdA', '\ufffd']);
});

test('another version of the exchange of name and password is denied', () => {
  for (const inbound of [JUDGED, UNASKED]) {
    for (const version of [0, 2, 5]) {
      const { answer, ending } = refusal(inbound, [version]);
      assert.deepEqual([answer, ending], [Uint8Array.of(1, 1), 'broke-protocol']);
    }
  }
});

for (const [what, bytes, target] of REQUESTS) {
  test(`a request for ${what} is incomplete at every split and then complete`, () => {
    for (let length = 0; length < bytes.length; length += 1) {
      assert.deepEqual(fed(REQUEST, bytes.slice(0, length)), { kind: 'incomplete' }, `${length} bytes`);
    }
    for (const rest of [[], [22, 3, 1]]) {
      const step = fed(REQUEST, [...bytes, ...rest]);
      assert.equal(step.kind, 'requested');
      if (step.kind !== 'requested') return;
      assert.deepEqual(step.early, rest.length === 0 ? undefined : Uint8Array.from(rest));
      assert.deepEqual([step.target.host, step.target.port], [target.host, target.port]);
      assert.equal(step.replies, SOCKS5_REPLIES);
    }
  });
}

/** Feeds what comes in two parts, as a handshake does: what is incomplete comes again with what follows. */
function conversation(parts: readonly Uint8Array[]): { answers: number[]; end: InboundStep; behind: number[] } {
  const answers: number[] = [];
  let inbound = SOCKS5;
  let held = new Uint8Array(0);
  for (const [index, part] of parts.entries()) {
    held = Uint8Array.from([...held, ...part]);
    let step = inbound.feed(held, 0, held.length);
    while (step.kind === 'proceed') {
      answers.push(...(step.answer ?? []));
      held = held.slice(step.size);
      inbound = step.next;
      step = inbound.feed(held, 0, held.length);
    }
    if (step.kind !== 'incomplete') {
      return { answers, end: step, behind: parts.slice(index + 1).flatMap((later) => [...later]) };
    }
  }
  return { answers, end: { kind: 'incomplete' }, behind: [] };
}

for (const [what, request, { host, port }] of REQUESTS) {
  test(`greeting, request for ${what} and early bytes are told apart at every split in three`, () => {
    const early = [71, 69, 84, 5, 1, 0];
    const greeting = [5, 3, 2, 0, 128];
    const bytes = Uint8Array.from([...greeting, ...request, ...early]);
    for (let first = 0; first <= bytes.length; first += 1) {
      for (let second = first; second <= bytes.length; second += 1) {
        const parts = [bytes.slice(0, first), bytes.slice(first, second), bytes.slice(second)];
        const { answers, end, behind } = conversation(parts);
        assert.deepEqual(answers, [5, 0]);
        assert.ok(end.kind === 'requested', `${first}, ${second}`);
        assert.deepEqual([end.target.host, end.target.port], [host, port]);
        assert.deepEqual([...(end.early ?? []), ...behind], early, `${first}, ${second}`);
      }
    }
  });
}

test('how many gateways a request has passed is told by one of the methods, with a password, too', () => {
  const request = [5, 1, 0, 1, 192, 0, 2, 1, 0, 80];
  const depthBehind = (next: Inbound): number | undefined => {
    const step = fed(next, request);
    return step.kind === 'requested' ? step.depth : undefined;
  };
  for (const [methods, depth] of [
    [[0], 0],
    [[0, 0xd1], 1],
    [[0xd8, 0], 8],
    [[0, 2, 0xd3], 3],
    [[0, 0xd0], 0],
    [[0, 0xd9], 0],
    [[0, 0x80, 0xfe], 0],
  ] as const) {
    const greeted = fed(SOCKS5, [5, methods.length, ...methods]) as Proceed;
    assert.deepEqual([...(greeted.answer ?? [])], [5, 0]);
    assert.equal(depthBehind(greeted.next), depth, String(methods));
  }
  const judged = fed((fed(SOCKS5_OF_USERS, [5, 2, 2, 0xd2]) as Proceed).next, credentials('a', 'b')) as Claimed;
  assert.equal(depthBehind(judged.accepted.next), 2);
  const unasked = fed((fed(SOCKS5, [5, 2, 2, 0xd2]) as Proceed).next, credentials('a', 'b')) as Proceed;
  assert.equal(depthBehind(unasked.next), 2);
});

test('early bytes are a copy', () => {
  const bytes = Uint8Array.from([5, 1, 0, 1, 127, 0, 0, 1, 0, 7, 99]);
  const step = REQUEST.feed(bytes, 0, bytes.length);
  bytes.fill(0);
  assert.deepEqual(step.kind === 'requested' && step.early, Uint8Array.of(99));
});

test('a message that does not begin at the first byte is read where it begins', () => {
  const bytes = Uint8Array.from([1, 2, 5, 1, 0, 5, 1, 0, 1, 127, 0, 0, 1, 0, 7, 99]);
  const greeting = SOCKS5.feed(bytes, 2, 16);
  assert.ok(greeting.kind === 'proceed' && greeting.size === 3 && greeting.next === REQUEST);
  const request = REQUEST.feed(bytes, 5, 16);
  assert.ok(request.kind === 'requested' && request.early?.length === 1 && request.target.port === 7);
});

test('what is no SOCKS5 gets no answer', () => {
  for (const [inbound, bytes] of [
    [SOCKS5, [4, 1]],
    [SOCKS5, [0x47]],
    [REQUEST, [4]],
  ] as const) {
    const { answer, ending } = refusal(inbound, bytes);
    assert.deepEqual([answer, ending], [undefined, 'broke-protocol']);
  }
});

test('a request that cannot be carried out is answered by its reason', () => {
  const rep = (bytes: readonly number[]): number | undefined => {
    const { answer, ending, misfit } = refusal(REQUEST, bytes);
    assert.deepEqual([ending, misfit], ['refused', undefined]);
    assert.deepEqual([...(answer ?? [])], [5, answer?.[1], 0, 1, 0, 0, 0, 0, 0, 0]);
    return answer?.[1];
  };
  assert.equal(rep([5, 2, 0, 1, 1, 2, 3, 4, 0, 1]), 7, 'BIND');
  assert.equal(rep([5, 1, 0, 2, 1]), 8, 'an unknown type of address');
  assert.equal(rep([5, 1, 0, 3, 0, 0, 80]), 4, 'an empty name');
  assert.equal(rep([5, 1, 0, 3, 3, 97, 0, 98, 0, 80]), 4, 'a name with a zero in it');
});

test('an association is asked for with a port, or without, whatever the address', () => {
  const asked = (bytes: readonly number[]) => {
    for (let length = 0; length < bytes.length; length += 1)
      assert.equal(fed(REQUEST, bytes.slice(0, length)).kind, 'incomplete');
    const step = fed(REQUEST, [...bytes, 99]);
    assert.ok(step.kind === 'associated');
    assert.deepEqual([...(step.unserved.answer ?? [])].slice(0, 2), [5, 7]);
    assert.equal(step.replies, SOCKS5_REPLIES);
    return [step.port, step.depth];
  };
  assert.deepEqual(asked([5, 3, 0, 1, 0, 0, 0, 0, 0, 0]), [0, 0]);
  assert.deepEqual(asked([5, 3, 0, 1, 192, 0, 2, 1, 0x12, 0x34]), [0x1234, 0]);
  assert.deepEqual(asked([5, 3, 0, 4, ...new Array<number>(16).fill(0), 0xff, 0xff]), [65_535, 0]);
  assert.deepEqual(asked([5, 3, 0, 3, 0, 0, 7]), [7, 0], 'an empty name');
});

test('a request is read to its end before it is refused', () => {
  const bind = [5, 2, 0, 1, 1, 2, 3, 4, 0, 1];
  for (let length = 0; length < bind.length; length += 1) {
    assert.equal(fed(REQUEST, bind.slice(0, length)).kind, 'incomplete');
  }
});

test('replies are the bytes of RFC 1928', () => {
  const { success, failure } = SOCKS5_REPLIES;
  assert.deepEqual([...success(Uint8Array.of(127, 0, 0, 1), 0x1234)], [5, 0, 0, 1, 127, 0, 0, 1, 0x12, 0x34]);
  const ip6 = Uint8Array.from([0x20, 1, ...Array(13).fill(0), 1]);
  assert.deepEqual([...success(ip6, 1)], [5, 0, 0, 4, ...ip6, 0, 1]);
  assert.deepEqual([...failure(failureOf('refused'))], [5, 5, 0, 1, 0, 0, 0, 0, 0, 0]);
  assert.equal(SOCKS5_REPLIES.successCode, 0);
});

test('each failure has its reply, the same in the answer and for the record', () => {
  const replies: Readonly<Record<FailureCode, number>> = {
    cancelled: 1,
    internal: 1,
    'kept-away': 2,
    'line-paused': 1,
    'client-limit': 2,
    'user-limit': 2,
    'line-address-type': 8,
    'line-no-udp': 1,
    'out-of-resources': 1,
    'too-many-lookups': 1,
    'source-unavailable': 1,
    'source-in-use': 1,
    'interface-unavailable': 1,
    'link-down': 1,
    'source-not-permitted': 1,
    'proxy-authentication': 1,
    'proxy-certificate': 1,
    'proxy-protocol': 1,
    'proxy-unreachable': 1,
    'proxy-address-type': 8,
    unexplained: 1,
    'dns-failed': 4,
    'timed-out': 4,
    'network-unreachable': 3,
    'host-unreachable': 4,
    'no-such-name': 4,
    forbidden: 2,
    'proxy-forbids': 2,
    loop: 1,
    unspecified: 2,
    'not-allowed': 2,
    'own-listener': 2,
    'egress-denied': 2,
    blocked: 2,
    reset: 5,
    refused: 5,
  };
  for (const code of Object.keys(FAILURES) as FailureCode[]) {
    assert.equal(SOCKS5_REPLIES.failureCode(code), replies[code], code);
    assert.equal(SOCKS5_REPLIES.failure(failureOf(code))[1], replies[code], code);
  }
});

test('no bytes make it throw, claim more than there is, or wait for more than the longest message', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 700 }), fc.boolean(), (noise, plausible) => {
      for (const inbound of [SOCKS5, SOCKS5_OF_USERS, JUDGED, UNASKED, REQUEST]) {
        const version = inbound === JUDGED || inbound === UNASKED ? 1 : 5;
        const bytes = plausible ? Uint8Array.from([version, ...noise]) : noise;
        const step = inbound.feed(bytes, 0, bytes.length);
        if (step.kind === 'proceed') assert.ok(step.size > 0 && step.size <= bytes.length);
        if (step.kind === 'requested') assert.ok((step.early?.length ?? 0) < bytes.length);
        if (step.kind === 'claimed') assert.ok(step.accepted.size > 0 && step.accepted.size <= bytes.length);
        if (step.kind === 'incomplete')
          assert.ok(bytes.length < (inbound === JUDGED || inbound === UNASKED ? 513 : 262));
      }
    }),
    { numRuns: 5000 },
  );
});
