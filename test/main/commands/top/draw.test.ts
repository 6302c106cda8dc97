// The screen of top, in any size and with whatever the gateway says.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Part } from '../../../../src/main/commands/admin/part.js';
import { painted, type Spans } from '../../../../src/main/commands/drawing/paint.js';
import { tableLines } from '../../../../src/main/commands/drawing/table.js';
import { columnsOf } from '../../../../src/main/commands/drawing/width.js';
import { LIVE_COLUMNS } from '../../../../src/main/commands/lists/connections.js';
import { draw, type Heard } from '../../../../src/main/commands/top/draw.js';
import { BEGINNING } from '../../../../src/main/commands/top/state.js';

/** What `painted` puts around a text. */
const SGR = new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, 'g');

const textOf = (lines: readonly Spans[]): string[] =>
  lines.map((line) =>
    line
      .map(({ text }) => text)
      .join('')
      .trimEnd(),
  );

function heardOf(connections: readonly object[], changes: Partial<Heard> = {}): Heard {
  const rows = connections.map((one) => new Part(one));
  const table = {
    lines: (width: number) => tableLines(LIVE_COLUMNS, rows, width),
    bad: new Set<number>(),
    rows: rows.length,
    total: rows.length,
  };
  const head = { title: 'tcproute 1.2.3, up 3 d', figures: ['3 live of 4096', 'up 1 kB/s'], wrong: [] };
  return { head, table, trouble: undefined, at: '12:00:00', ...changes };
}

const connection = (number: number): object => ({
  client: `192.0.2.${number}:40000`,
  target: `host${number}.example.org:443`,
  line: 'fast',
  phase: 'relay',
  bytes_up: 1000,
  bytes_down: 2_000_000,
  duration_ms: 90_000,
});

test('a screen of 80 columns', () => {
  const lines = textOf(draw(BEGINNING, heardOf([connection(1), connection(2)]), { columns: 80, rows: 10 }));
  assert.deepEqual(lines, [
    'tcproute 1.2.3, up 3 d                                       every 1 s  12:00:00',
    '3 live of 4096   up 1 kB/s',
    'all is well',
    '1 connections 2   2 lines   3 clients   4 flows',
    'client           user  target                 line    up  down  rate   age',
    '192.0.2.1:40000        host1.example.org:443  fast  1 kB  2 MB        90 s',
    '192.0.2.2:40000        host2.example.org:443  fast  1 kB  2 MB        90 s',
    '',
    '',
    '? help  / filter  s sort  r reverse  q quit               by bytes to the client',
  ]);
});

test('what is wrong stands in the third line, and why nothing newer is known before it', () => {
  const head = { title: '', figures: [], wrong: ['line "fast" is down', 'x', 'y'] };
  const line = (changes: Partial<Heard>): string | undefined =>
    textOf(draw(BEGINNING, heardOf([], { head, ...changes }), { columns: 80, rows: 10 }))[2];
  assert.equal(line({}), 'line "fast" is down, and 2 more');
  assert.equal(line({ trouble: 'no gateway runs at x' }), 'no gateway runs at x');
});

test('the rows that are shown begin where the state says, and no later than a full page', () => {
  const heard = heardOf(Array.from({ length: 20 }, (_, number) => connection(number)));
  const shown = (offset: number): string[] =>
    textOf(draw({ ...BEGINNING, offset }, heard, { columns: 80, rows: 10 }))
      .slice(5, 9)
      .map((line) => line.slice(0, 12).trim());
  assert.deepEqual(shown(3)[0], '192.0.2.3:40');
  assert.deepEqual(shown(1000)[0], '192.0.2.16:4');
});

test('the filter is shown as it is typed, and when it holds', () => {
  const typing = textOf(draw({ ...BEGINNING, typing: 'line:f' }, heardOf([]), { columns: 80, rows: 10 }));
  assert.equal(typing.at(-1), 'filter: line:f');
  const filter = { ...BEGINNING.filter, connections: 'line:fast' };
  assert.match(
    textOf(draw({ ...BEGINNING, filter }, heardOf([]), { columns: 80, rows: 10 }))[3] as string,
    /filter: line:fast$/,
  );
});

test('the help has its place in 80 columns and 24 rows', () => {
  const lines = textOf(draw({ ...BEGINNING, isHelp: true }, heardOf([]), { columns: 80, rows: 24 }));
  assert.ok(lines.some((line) => line.includes('quit')) && lines.some((line) => line.includes('client:10.0.0.0/8')));
});

test('a terminal that is too small is told so', () => {
  assert.deepEqual(textOf(draw(BEGINNING, heardOf([]), { columns: 80, rows: 6 })), ['the terminal is too small']);
  assert.deepEqual(textOf(draw(BEGINNING, heardOf([]), { columns: 8, rows: 30 })), ['the ter\u2026']);
});

test('whatever the names and the size, no line is wider than the screen, and no escape sequence comes of data', () => {
  const name = fc.string({ unit: 'binary', maxLength: 60 });
  const one = fc.record({
    client: name,
    user: name,
    target: name,
    line: name,
    phase: fc.constant('relay'),
    bytes_up: fc.nat(),
  });
  const size = fc.record({ columns: fc.integer({ min: 1, max: 200 }), rows: fc.integer({ min: 1, max: 60 }) });
  fc.assert(
    fc.property(fc.array(one, { maxLength: 20 }), size, (connections, { columns, rows }) => {
      const lines = draw(BEGINNING, heardOf(connections), { columns, rows });
      assert.ok(lines.length <= rows);
      for (const line of lines) {
        const text = line.map((span) => span.text).join('');
        assert.ok(columnsOf(text) <= columns, text);
        assert.doesNotMatch(text, /[\p{Cc}\p{Cf}]/u);
        assert.doesNotMatch(painted(line, true).replaceAll(SGR, ''), /\p{Cc}/u);
      }
    }),
  );
});

test('without colours there are none, only what stands out', () => {
  const line: Spans = [
    { text: 'bad', style: 'bad' },
    { text: 'well', style: 'good' },
    { text: 'bar', style: 'bar' },
  ];
  assert.equal(painted(line, true), '\x1b[31mbad\x1b[0m\x1b[32mwell\x1b[0m\x1b[7mbar\x1b[0m');
  assert.equal(painted(line, false), '\x1b[1mbad\x1b[0mwell\x1b[7mbar\x1b[0m');
});
