// Columns of a terminal that texts take.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { clipped, columnsOf, fitted } from '../../../../src/main/commands/drawing/width.js';

test('a Chinese, Japanese or Korean character takes two columns, a mark none', () => {
  const texts: readonly (readonly [string, number])[] = [
    ['', 0],
    ['line 1', 6],
    ['\u4e2d\u6587', 4],
    ['\u304b\u306a', 4],
    ['\ud55c\uad6d', 4],
    ['\uff21\uff71', 3],
    ['e\u0301', 1],
    ['\u{1f600}', 2],
    ['gr\u00fc\u00df', 4],
  ];
  assert.deepEqual(
    texts.map(([text]) => columnsOf(text)),
    texts.map(([, columns]) => columns),
  );
});

test('a text that is too long is cut before a character that has no room, with its marks', () => {
  assert.equal(clipped('abcdef', 6), 'abcdef');
  assert.equal(clipped('abcdef', 5), 'abcd\u2026');
  assert.equal(clipped('\u4e2d\u6587\u5b57', 5), '\u4e2d\u6587\u2026');
  assert.equal(clipped('\u4e2d\u6587\u5b57', 4), '\u4e2d\u2026');
  assert.equal(clipped('e\u0301e\u0301e\u0301', 2), 'e\u0301\u2026');
  assert.equal(clipped('abc', 1), '\u2026');
  assert.equal(clipped('abc', 0), '');
});

test('a text is filled up at either side', () => {
  assert.equal(fitted('\u4e2d', 4), '\u4e2d  ');
  assert.equal(fitted('\u4e2d', 4, 'right'), '  \u4e2d');
  // Behind half a character a column is left.
  assert.equal(fitted('\u4e2d\u6587\u5b57', 4), '\u4e2d\u2026 ');
});

test('whatever the text, it takes exactly its columns', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 40 }), (text, columns) => {
      assert.equal(columnsOf(fitted(text, columns)), columns);
      assert.ok(columnsOf(clipped(text, columns)) <= columns);
    }),
  );
});
