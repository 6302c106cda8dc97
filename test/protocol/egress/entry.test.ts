// The entries of the egress policy: what can be written, and its one spelling.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatIpRange, parseIpRange } from '../../../src/protocol/address/ip-range.js';
import {
  DEFAULT_DENIALS,
  EGRESS_WORDS,
  formatEgressEntry,
  parseEgressEntry,
} from '../../../src/protocol/egress/entry.js';

const spelt = (text: string): string | undefined => {
  const entry = parseEgressEntry(text);
  return entry && formatEgressEntry(entry);
};

test('an address, a network or a word, each with a port, with ports, or without', () => {
  for (const [text, normal] of [
    ['10.0.0.5', '10.0.0.5'],
    ['10.9.8.7/8', '10.0.0.0/8'],
    ['10.0.0.5:5432', '10.0.0.5:5432'],
    ['10.0.0.0/8:22', '10.0.0.0/8:22'],
    ['10.0.0.0/8:8000-8999', '10.0.0.0/8:8000-8999'],
    ['10.0.0.5:22-22', '10.0.0.5:22'],
    ['FD00::1', 'fd00::1'],
    ['fd00::/8', 'fd00::/8'],
    ['[fd00::1]', 'fd00::1'],
    ['[fd00::]/8', 'fd00::/8'],
    ['[fd00::/8]', 'fd00::/8'],
    ['[fd00::/8]:22', '[fd00::/8]:22'],
    ['[fd00::1]:1-65535', '[fd00::1]:1-65535'],
    ['::ffff:10.0.0.0/104', '10.0.0.0/8'],
    ['[::ffff:10.0.0.5]:22', '10.0.0.5:22'],
    ['own', 'own'],
    ['link-local', 'link-local'],
    ['private:22', 'private:22'],
    ['all:25', 'all:25'],
  ] as const) {
    assert.equal(spelt(text), normal, text);
    assert.equal(spelt(normal), normal, normal);
  }
});

test('what is none of these is no entry', () => {
  for (const text of [
    ...[
      '',
      ':',
      ':22',
      'x',
      'Private',
      'privat',
      'a.example',
      'a.example:22',
      'toString',
      '10.0.0.0/33',
      '10.0.0',
      '127.1',
    ],
    ...['10.0.0.5:0', '10.0.0.5:65536', '10.0.0.5:9-8', '10.0.0.5:', '10.0.0.5:x', '10.0.0.5:1,2', '10.0.0.5:1-2-3'],
    ...[
      '[10.0.0.5]:22',
      '[private]',
      '[fd00::1',
      'fd00::1]',
      '[fd00::/8]22',
      'fd00::/129',
      '[]',
      '[]:22',
      ' own',
      'own ',
    ],
  ]) {
    assert.equal(spelt(text), undefined, text);
  }
});

test('the networks of the words are networks, and what is denied by default is a word', () => {
  for (const [word, networks] of Object.entries(EGRESS_WORDS)) {
    for (const text of networks) {
      const range = parseIpRange(text);
      assert.equal(range && formatIpRange(range), text, word);
    }
  }
  for (const word of DEFAULT_DENIALS) assert.ok(Object.hasOwn(EGRESS_WORDS, word), word);
});
