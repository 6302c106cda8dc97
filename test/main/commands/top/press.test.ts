// What keys do to the state of top.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { keysIn } from '../../../../src/main/commands/top/keys.js';
import { type Extent, press } from '../../../../src/main/commands/top/press.js';
import { BEGINNING, EVERY_MS, SORTS, type TopState } from '../../../../src/main/commands/top/state.js';

const EXTENT: Extent = { rows: 100, page: 10 };
const after = (text: string, state = BEGINNING, extent = EXTENT): TopState =>
  keysIn(text, true).keys.reduce((before, key) => press(before, key, extent), state);

test('a number, a letter or Tab turns to another view, from its beginning', () => {
  const scrolled = after('\x1b[B\x1b[B');
  assert.equal(scrolled.offset, 2);
  assert.deepEqual([after('2', scrolled).view, after('2', scrolled).offset], ['lines', 0]);
  assert.deepEqual(
    ['1', 'c', 'l', '3', 'u', '4', 'f'].map((key) => after(key).view),
    ['connections', 'connections', 'lines', 'clients', 'clients', 'flows', 'flows'],
  );
  assert.deepEqual(
    ['\t', '\t\t', '\t\t\t', '\t\t\t\t', '\x1b[Z'].map((keys) => after(keys).view),
    ['lines', 'clients', 'flows', 'connections', 'flows'],
  );
});

test('s goes through all orders and back, r turns one round', () => {
  const seen = [1, 2, 3, 4].map((times) => after('s'.repeat(times)).sort.connections.by);
  assert.deepEqual(seen, ['bytes_up', 'opened_at', 'duration_ms', 'bytes_down']);
  assert.equal(after('S').sort.connections.by, 'duration_ms');
  assert.deepEqual(after('r').sort.connections, { by: 'bytes_down', descending: false });
  // Each view has its own.
  assert.equal(after('2ss').sort.lines.by, SORTS.lines[2]?.by);
  assert.deepEqual(after('2ss').sort.connections, BEGINNING.sort.connections);
});

test('a filter is typed, mended, and holds with Enter', () => {
  assert.equal(after('/line:fast').typing, 'line:fast');
  assert.equal(after('/line:fast').filter.connections, '');
  assert.equal(after('/fasd\x7ft\r').filter.connections, 'fast');
  assert.deepEqual([after('/fast\r').typing, after('/fast\r2').filter.lines], [undefined, '']);
  // It begins with what there is.
  assert.equal(after('/fast\r/er\r').filter.connections, 'faster');
  assert.equal(after('/fast\r/\x15slow\r').filter.connections, 'slow');
});

test('ESC leaves the filter as it was, and takes it off when nothing is typed', () => {
  assert.equal(after('/fast\r/x\x1b').filter.connections, 'fast');
  assert.equal(after('/fast\r\x1b').filter.connections, '');
});

test('keys are letters of the filter while it is typed, but for ^C', () => {
  assert.equal(after('/q?s').typing, 'q?s');
  assert.equal(after('/q?s').end, undefined);
  assert.equal(after('/q\x03').end, 'interrupted');
});

test('what is shown moves, and stays within the rows', () => {
  assert.deepEqual(
    ['\x1b[A', '\x1b[B', '\x1b[6~', '\x1b[F', '\x1b[F\x1b[B', '\x1b[F\x1b[5~', '\x1b[F\x1b[H'].map(
      (keys) => after(keys).offset,
    ),
    [0, 1, 10, 90, 90, 80, 0],
  );
  assert.equal(after('\x1b[F', BEGINNING, { rows: 5, page: 10 }).offset, 0);
});

test('any key leaves the help, and q quits there too', () => {
  assert.equal(after('?').isHelp, true);
  assert.deepEqual([after('?2').isHelp, after('?2').view], [false, 'connections']);
  assert.equal(after('?q').end, 'quit');
});

test('it looks less and more often, within bounds', () => {
  assert.deepEqual([after('+').every_ms, after('-').every_ms], [2000, 500]);
  assert.equal(after('+'.repeat(20)).every_ms, Math.max(...EVERY_MS));
  assert.equal(after('-'.repeat(20)).every_ms, Math.min(...EVERY_MS));
  assert.deepEqual([after('p').isPaused, after('p ').isPaused], [true, false]);
});

test('whatever is typed, the state is bounded', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', maxLength: 400 }),
      fc.nat(200),
      fc.integer({ min: 1, max: 50 }),
      (text, rows, page) => {
        const state = after(text, BEGINNING, { rows, page });
        assert.ok(state.offset >= 0 && state.offset <= Math.max(0, rows - page));
        assert.ok(
          (state.typing ?? '').length <= 201 && Object.values(state.filter).every((filter) => filter.length <= 201),
        );
      },
    ),
  );
});
