import assert from 'node:assert/strict';
import { test } from 'node:test';
import { packSource, sourceText } from '../../../src/protocol/lines/source.js';

const ANY = { ip: undefined, port: 0 };

test('a source in the form of sockets', () => {
  assert.deepEqual(packSource(ANY), { sourceIp: undefined, sourcePort: 0, device: undefined, mark: 0 });
  assert.deepEqual(packSource({ ip: '10.0.0.1', port: 7, device: 'eth0', mark: 9 }), {
    ...{ sourceIp: Uint8Array.of(10, 0, 0, 1), sourcePort: 7 },
    ...{ device: Uint8Array.from(Buffer.from('eth0')), mark: 9 },
  });
});

test('a source in words', () => {
  assert.equal(sourceText(ANY), undefined);
  assert.equal(sourceText({ ip: '::1', port: 0 }), '::1');
  assert.equal(sourceText({ ip: '::1', port: 4000 }), '[::1]:4000');
  assert.equal(sourceText({ ip: undefined, port: 4000 }), ':4000');
  assert.equal(sourceText({ ...ANY, device: 'eth0' }), 'eth0');
  assert.equal(sourceText({ ip: '10.0.0.1', port: 0, device: 'eth0', mark: 7 }), '10.0.0.1 eth0 mark 7');
});
