import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { CHINESE } from '../../dashboard/text/chinese.js';
import { CHINESE_CODES } from '../../dashboard/text/codes-chinese.js';
import { ENGLISH_CODES } from '../../dashboard/text/codes-english.js';
import { ENGLISH } from '../../dashboard/text/english.js';
import { CHINESE_REASONS } from '../../dashboard/text/reasons-chinese.js';
import { FAILURES } from '../../src/protocol/race/failure.js';

const valuesIn = (text: string): string[] => [...text.matchAll(/\{\w+\}/g)].map(([value]) => value).sort();

test('both languages have the same texts, with the same values in them', () => {
  assert.deepEqual(Object.keys(CHINESE), Object.keys(ENGLISH));
  for (const [key, text] of Object.entries(ENGLISH)) {
    assert.notEqual(text, '');
    assert.deepEqual(valuesIn(CHINESE[key as keyof typeof ENGLISH]), valuesIn(text), key);
  }
  assert.deepEqual(Object.keys(CHINESE_CODES).sort(), Object.keys(ENGLISH_CODES).sort());
});

test('each text is used, and Chinese texts have Chinese punctuation', () => {
  const root = new URL('../../../dashboard/', import.meta.url);
  const files = readdirSync(root, { recursive: true }).map(String);
  const sources = files.filter((file) => file.endsWith('.ts') && !file.startsWith('text/'));
  const code = sources.map((file) => readFileSync(new URL(file, root), 'utf8')).join('\n');
  const made = ['pause-done', 'resume-done', 'pin-done', 'unpin-done'];
  const unused = Object.keys(ENGLISH).filter((key) => !code.includes(`'${key}'`) && !made.includes(key));
  assert.deepEqual(unused, []);
  for (const text of Object.values({ ...CHINESE, ...CHINESE_CODES, ...CHINESE_REASONS })) {
    assert.doesNotMatch(text, /\p{Script=Han}[,;:]/u, text);
  }
});

test('each cause of a failure has its words in both languages', () => {
  for (const code of Object.keys(FAILURES)) {
    assert.ok(code in ENGLISH_CODES, code);
    assert.ok(code in CHINESE_CODES, code);
  }
});

test('each reason of the gateway for a candidate has its Chinese words', () => {
  const reasons = readFileSync(new URL('../../../src/protocol/race/outlook/reason.ts', import.meta.url), 'utf8');
  const kinds = [...reasons.matchAll(/readonly kind: '([a-z-]+)'/g)].map(([, kind]) => kind);
  assert.ok(kinds.length > 25);
  for (const kind of kinds) assert.ok(String(kind) in CHINESE_REASONS, kind);
});
