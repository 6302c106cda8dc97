import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LineParts } from '../../src/files/line-parts.js';

/** The lines of a text that comes in these pieces. */
function linesOf(pieces: readonly Buffer[], octets_max = 100) {
  const lines: [string, boolean][] = [];
  const parts = new LineParts(octets_max, (line, hasEnd) => {
    lines.push([line, hasEnd]);
    return line !== 'stop';
  });
  for (const piece of pieces) {
    const ended = parts.add(piece);
    if (ended !== undefined) return { lines, ended };
  }
  parts.end();
  return { lines, ended: undefined };
}

test('lines are the same wherever the text is parted', () => {
  const text = Buffer.from('one\n\nzwölf\nrest');
  const whole = linesOf([text]);
  assert.deepEqual(whole.lines, [
    ['one', true],
    ['', true],
    ['zwölf', true],
    ['rest', false],
  ]);
  for (let at = 0; at <= text.length; at += 1)
    assert.deepEqual(linesOf([text.subarray(0, at), text.subarray(at)]), whole, `at ${at}`);
  assert.deepEqual(linesOf([]).lines, []);
});

test('reading ends where no more is wanted, beyond the bound and in a line without an end', () => {
  const stopped = linesOf([Buffer.from('a\nstop\nb\n'), Buffer.from('c\n')]);
  assert.deepEqual(stopped, {
    lines: [
      ['a', true],
      ['stop', true],
    ],
    ended: { kind: 'read' },
  });
  assert.equal(linesOf([Buffer.from('12345\n')], 6).ended, undefined);
  assert.deepEqual(linesOf([Buffer.from('12345\n6')], 6).ended, { kind: 'unusable', why: 'is larger than 6 octets' });
  const long = Buffer.alloc((1 << 20) + 1, 'a');
  assert.deepEqual(linesOf([long], 1 << 22), {
    lines: [],
    ended: { kind: 'unusable', why: 'has a line that is too long' },
  });
});
