import assert from 'node:assert/strict';
import { test } from 'node:test';
import { foreignProtocol } from '../../../src/protocol/inbound/foreign.js';

const said = (text: string | number[]): string | undefined => {
  const bytes = Buffer.concat([Buffer.from('..'), typeof text === 'string' ? Buffer.from(text) : Buffer.from(text)]);
  return foreignProtocol(bytes, 2, bytes.length);
};

test('an HTTP request is known by its method, also where no more than its beginning has come', () => {
  for (const text of [
    'GET http://a.test/ HTTP/1.1\r\n',
    'CONNECT a.test:443 HTTP/1.1',
    'POST /',
    'CON',
    'PRI * HTTP/2.0',
  ]) {
    assert.equal(said(text), 'HTTP', text);
  }
});

test('SOCKS4 and TLS are known by two bytes', () => {
  assert.equal(said([4, 1, 0, 80, 127, 0, 0, 1, 0]), 'SOCKS4');
  assert.equal(said([4, 2]), 'SOCKS4');
  assert.equal(said([22, 3, 1, 2, 0]), 'TLS');
});

test('anything else is nothing that is known', () => {
  for (const text of [
    '',
    'G',
    'GE',
    'SSH-2.0',
    'get /',
    'GETAWAY',
    [4],
    [4, 3],
    [22],
    [22, 2],
    [0, 0, 0],
    [255, 255, 255],
  ]) {
    assert.equal(said(text as string), undefined, JSON.stringify(text));
  }
});
