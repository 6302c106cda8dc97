import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Heard, type Message, messagesFor } from '../../../../bench/generator/clients/speech.js';
import type { Speech } from '../../../../bench/shared/messages.js';
import { HTTP } from '../../../../src/protocol/inbound/http.js';
import type { Inbound, Requested } from '../../../../src/protocol/inbound/inbound.js';
import { SOCKS5, SOCKS5_OF_USERS } from '../../../../src/protocol/inbound/socks5.js';

const ALICE = { name: 'alice', password: 'open sesame' };
const PASSWORD: Speech = { kind: 'socks5', user: ALICE };
const SPEECHES: readonly (readonly [Speech, Inbound])[] = [
  [{ kind: 'socks5' }, SOCKS5],
  [PASSWORD, SOCKS5_OF_USERS],
  [{ kind: 'http' }, HTTP],
];
const LOCAL = Uint8Array.of(127, 0, 0, 1);

/** What the client makes of an answer that comes byte by byte, at each size. */
const heard = ({ heard: hear }: Message, answer: Uint8Array): Heard[] =>
  Array.from(answer, (_, index) => hear(answer, index + 1));

/** All but the last byte leave it waiting. */
function assertWhole(message: Message, answer: Uint8Array): void {
  assert.deepEqual(heard(message, answer), [...Array(answer.length - 1).fill('more'), 'whole'], message.step);
}

/** Speaks with a gateway's way in, message by message; returns the request that it has read. */
function converse(messages: readonly Message[], first: Inbound): Requested {
  let inbound = first;
  for (const message of messages) {
    const { bytes } = message;
    let step = inbound.feed(bytes, 0, bytes.length);
    if (step.kind === 'claimed') {
      assert.deepEqual({ name: step.name, password: step.password }, ALICE);
      step = step.accepted;
    }
    if (step.kind === 'requested') {
      assert.equal(message, messages[messages.length - 1]);
      assertWhole(message, Uint8Array.from(step.replies.success(LOCAL, 1080)));
      return step;
    }
    assert.ok(step.kind === 'proceed', `${message.step}: ${step.kind}`);
    assert.equal(step.size, bytes.length);
    assertWhole(message, step.answer as Uint8Array);
    inbound = step.next;
  }
  throw new Error('nothing was requested');
}

test('the gateway understands what clients say, and they hear its answers to the last byte', () => {
  for (const [speech, inbound] of SPEECHES) {
    for (const host of ['127.0.0.1', 'a.name.test']) {
      const { target } = converse(messagesFor(speech, host, 20_001), inbound);
      assert.deepEqual([target.host, target.port], [host, 20_001], speech.kind);
    }
  }
});

test('each message has the bytes of its standard', () => {
  const bytes = (speech: Speech) => messagesFor(speech, '127.0.0.1', 258).map((message) => Buffer.from(message.bytes));
  assert.deepEqual(bytes({ kind: 'socks5' }), [Buffer.from([5, 1, 0]), Buffer.from([5, 1, 0, 1, 127, 0, 0, 1, 1, 2])]);
  assert.deepEqual(bytes(PASSWORD).slice(0, 2), [
    Buffer.from([5, 1, 2]),
    Buffer.from('\x01\x05alice\x0bopen sesame', 'latin1'),
  ]);
  assert.deepEqual(bytes({ kind: 'http' }), [
    Buffer.from('CONNECT 127.0.0.1:258 HTTP/1.1\r\nHost: 127.0.0.1:258\r\n\r\n'),
  ]);
});

test('a reply of SOCKS5 may have an address of any type', () => {
  const [, request] = messagesFor({ kind: 'socks5' }, 'a.test', 80);
  for (const address of [
    [1, 127, 0, 0, 1],
    [4, ...Array(16).fill(0)],
    [3, 2, 97, 98],
    [3, 0],
  ]) {
    assertWhole(request, Uint8Array.of(5, 0, 0, ...address, 4, 56));
  }
});

test('another answer than success is named', () => {
  const of = (speech: Speech, step: string, answer: Uint8Array): Heard | undefined => {
    const message = messagesFor(speech, 'a.test', 80).find((one) => one.step === step);
    return message && heard(message, answer).find((one) => one !== 'more');
  };
  const plain: Speech = { kind: 'socks5' };
  assert.deepEqual(of(plain, 'greeting', Uint8Array.of(5, 255)), { wrong: 'answered 5 255' });
  assert.deepEqual(of(plain, 'greeting', Uint8Array.of(5, 2)), { wrong: 'answered 5 2' });
  assert.deepEqual(of(PASSWORD, 'greeting', Uint8Array.of(5, 0)), { wrong: 'answered 5 0' });
  assert.deepEqual(of(PASSWORD, 'password', Uint8Array.of(1, 1)), { wrong: 'answered 1 1' });
  assert.deepEqual(of(plain, 'request', Uint8Array.of(5, 5, 0, 1, 0)), { wrong: 'answered 5 5' });
  const head = Buffer.from('HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n');
  assert.deepEqual(of({ kind: 'http' }, 'request', head), {
    wrong: 'answered HTTP/1.1 407 Proxy Authentication Required',
  });
  assert.deepEqual(of({ kind: 'http' }, 'request', Buffer.from('HTTP/1.1 2000 OK\r\n\r\n')), {
    wrong: 'answered HTTP/1.1 2000 OK',
  });
});

test('an HTTP head with fields is heard to its end', () => {
  const [request] = messagesFor({ kind: 'http' }, 'a.test', 80);
  assertWhole(request, Buffer.from('HTTP/1.0 200 Connection established\r\nVia: 1.1 x\r\n\r\n'));
  assert.deepEqual(heard(request, Buffer.from('HTTP/1.1 200 OK\n\n')).at(-1), 'more');
});
