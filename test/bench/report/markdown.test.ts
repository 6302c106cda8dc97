import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatMarkdown } from '../../../bench/report/markdown.js';
import { sample } from './sample.js';

const lines = (text: string) => text.split('\n').filter((line) => line.startsWith('|'));
const cells = (line: string) =>
  line
    .split(/(?<!\\)\|/)
    .slice(1, -1)
    .map((cell) => cell.trim());

test('date, size of the machine and versions stand above the table', () => {
  const [first, second] = formatMarkdown(sample({ subjects: ['tcproute-uring', 'microsocks'] })).split('\n');
  assert.equal(
    first,
    'Measured on 2026-11-25: 2 cores, Linux 6.18, Node 20.20, loopback, medians of 3 interleaved rounds, 1 worker;',
  );
  assert.equal(second, 'tcproute-uring 1.0, microsocks 1.0.');
});

test('a line for each figure, a column for each subject, and the ratios of the first', () => {
  const table = lines(formatMarkdown(sample({ loads: ['connect-ip', 'bulk-4'] }))).map(cells);
  assert.deepEqual(table.slice(0, 4), [
    [
      'load',
      'tcproute-uring',
      'tcproute-epoll',
      'microsocks',
      'haproxy',
      'haproxy-splice',
      'tcproute-uring ÷ microsocks',
      'tcproute-uring ÷ haproxy',
    ],
    ['---', ...Array(7).fill('---:')],
    ['connect-ip: its title – CPU per connection, µs', '101', '201', '301', '401', '–', '0.34', '0.25'],
    ['… connections, per second', '1000', '1000', '1000', '1000', '–', '1.00', '1.00'],
  ]);
  // With splicing it is compared where it takes part.
  const [bulk] = table.filter(([what]) => what.startsWith('bulk-4'));
  assert.deepEqual(bulk.slice(-2), ['0.34', '0.20']);
  assert.deepEqual(new Set(table.map(({ length }) => length)), new Set([8]));
});

test('no name can end a cell or a line, or be more than a text', () => {
  const name = 'a|b\n`c` *d* <e> [f](g)';
  const table = lines(formatMarkdown(sample({ subjects: [name], loads: ['connect-ip'] })));
  assert.equal(cells(table[0])[1], 'a\\|b \\`c\\` \\*d\\* \\<e\\> \\[f\\](g)');
  assert.deepEqual(new Set(table.map((line) => cells(line).length)), new Set([2]));
});

test('without any measurement it says so', () => {
  assert.equal(formatMarkdown(sample({ rounds: 0 })), 'Nothing was measured.\n');
});
