// The end of a request's head: at every split the same as at once, and for anything the same as a regular expression finds.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { HEAD_SIZE_MAX, HeadScan } from '../../../src/protocol/http/head-scan.js';

const latin1 = (text: string): Uint8Array => Buffer.from(text, 'latin1');

/** What is told in the end, and where the request line is; each prefix in `ends` comes in its turn. */
function scanned(bytes: Uint8Array, ends: readonly number[]) {
  const scan = new HeadScan();
  let told = 'incomplete';
  for (const end of ends) {
    do told = scan.scan(bytes, 0, end);
    while (told === 'line');
    if (told !== 'incomplete') break;
  }
  return { told, lineStart: scan.lineStart, lineEnd: scan.lineEnd, size: told === 'whole' ? scan.size : 0 };
}

test('a head is whole at its empty line, however it comes', () => {
  for (const [text, lineStart, lineEnd] of [
    ['GET / HTTP/1.1\r\n\r\n', 0, 14],
    ['\r\nGET / HTTP/1.1\r\nA: b\r\n\r\n', 2, 16],
    ['G\r\nA:\tb\xff\r\n\r\n', 0, 1],
  ] as const) {
    const bytes = latin1(`${text}body\n\0`);
    const size = text.length;
    const expected = { told: 'whole', lineStart, lineEnd, size };
    assert.deepEqual(scanned(bytes, [bytes.length]), expected);
    for (let at = 0; at < bytes.length; at += 1) assert.deepEqual(scanned(bytes, [at, bytes.length]), expected);
    assert.deepEqual(scanned(bytes, [...bytes.keys(), bytes.length]), expected);
    for (let end = 0; end < size; end += 1) assert.equal(scanned(bytes, [end]).told, 'incomplete');
  }
});

test('it begins where it is told to', () => {
  const bytes = latin1('\0\0GET /\r\n\r\n');
  const scan = new HeadScan();
  assert.deepEqual([scan.scan(bytes, 2, bytes.length), scan.scan(bytes, 2, bytes.length)], ['line', 'whole']);
  assert.deepEqual([scan.lineStart, scan.lineEnd, scan.size], [0, 5, 9]);
});

test('the bound is the size of the whole head', () => {
  const of = (size: number): Uint8Array => latin1(`G\r\nA: ${'a'.repeat(size - 10)}\r\n\r\n`);
  const told = (size: number): string => scanned(of(size), [size]).told;
  assert.deepEqual([told(HEAD_SIZE_MAX), told(HEAD_SIZE_MAX + 1)], ['whole', 'head-too-long']);
  assert.equal(scanned(latin1('G'.repeat(HEAD_SIZE_MAX)), [HEAD_SIZE_MAX]).told, 'target-too-long');
});

/** Of texts shorter than the bound. */
function slowly(text: string): string {
  // Bytes beyond ASCII are no controls here.
  const begun = text.replace(/^\r\n/, '').replace(/[\x80-\xff]/g, '~');
  // The first place that is wrong, and the first empty line; whatever comes first counts.
  const whole = /^(?!\r\n)[\s\S]*?\r\n\r\n/.exec(begun)?.[0].length ?? Number.POSITIVE_INFINITY;
  const wrongs = [
    ['bare-line-end', /\r(?!\n|$)|(?<!\r)\n/],
    ['control-character', /(?![\t\r\n])\p{Cc}/u],
    ['folded-line', /(?:^|\n)[ \t]/],
    ['request-line', /^\r\n/],
  ] as const;
  let first: readonly [string, number] = ['incomplete', Number.POSITIVE_INFINITY];
  for (const [fault, pattern] of wrongs) {
    const found = pattern.exec(begun);
    if (found === null) continue;
    // A CR is wrong with the byte behind it, a fold with its space; an empty line with its LF.
    const at = found.index + (/^(?:\r(?!\n)|\n[ \t]|\r\n)/.test(found[0]) ? 1 : 0);
    if (at < first[1]) first = [fault, at];
  }
  return whole <= first[1] ? (whole === Number.POSITIVE_INFINITY ? 'incomplete' : 'whole') : first[0];
}

test('anything is found to be what a slow reading finds', () => {
  const piece = fc.constantFrom('\r\n', '\r', '\n', ' ', '\t', 'a', 'A: b\r\n', '\0', '\x7f', '\xff', '\r\n\r\n');
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), fc.array(fc.nat(30), { maxLength: 4 }), (pieces, cuts) => {
      const text = pieces.join('');
      const bytes = latin1(text);
      const ends = [...cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b), bytes.length];
      assert.equal(scanned(bytes, ends).told, slowly(text), JSON.stringify(text));
      assert.deepEqual(scanned(bytes, ends), scanned(bytes, [bytes.length]));
    }),
    { numRuns: 5000 },
  );
});
