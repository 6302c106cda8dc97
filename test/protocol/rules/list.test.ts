import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { ENTRIES_MAX, parseList } from '../../../src/protocol/rules/list.js';

test('a list has one entry a line, with comments, empty lines and line ends of any kind', () => {
  const text = '\uFEFF# ads\r\nExample.COM.\r\n\r\n  .ads.test   # and below\n\tbücher.test\n_x.test';
  assert.deepEqual(parseList('domain_suffix', text), {
    code: 'read',
    entries: ['example.com', 'ads.test', 'xn--bcher-kva.test', '_x.test'],
  });
  assert.deepEqual(parseList('cidr', '192.0.2.77/24\n2001:DB8::1\n::ffff:1.2.3.4\n'), {
    code: 'read',
    entries: ['192.0.2.0/24', '2001:db8::1', '1.2.3.4'],
  });
  assert.deepEqual(parseList('domain', ''), { code: 'read', entries: [] });
  assert.deepEqual(parseList('domain', '# nothing\n'), { code: 'read', entries: [] });
});

test('a bad line is told with its number and what is allowed', () => {
  assert.deepEqual(parseList('domain', 'a.test\n.b.test\n1.2.3.4\n', true), {
    code: 'failed',
    problems: [
      'line 2: ".b.test" is not a host name, but one for domain_suffix_file',
      'line 3: "1.2.3.4" is not a host name, but one for cidr_file',
    ],
  });
  assert.deepEqual(parseList('domain_suffix', '..a\n*b.test'), {
    code: 'failed',
    problems: [
      'line 1: "..a" is not a host name, with or without a leading dot or "*."',
      'line 2: "*b.test" is not a host name, with or without a leading dot or "*."',
    ],
  });
  assert.deepEqual(parseList('cidr', '192.0.2.0/33'), {
    code: 'failed',
    problems: [
      'line 1: "192.0.2.0/33" is not an IP address or range, such as 192.0.2.1, 192.0.2.0/24 or 2001:db8::/32',
    ],
  });
});

test('bad lines among good ones are passed over and counted, unless they are to be mistakes', () => {
  assert.deepEqual(parseList('domain', 'a.test\n<b>\nc.test'), {
    code: 'read',
    entries: ['a.test', 'c.test'],
    skipped: 'a line is passed over (line 2: "<b>" is not a host name)',
  });
  assert.deepEqual(parseList('domain_suffix', '*.a.test\n.b.test'), { code: 'read', entries: ['a.test', 'b.test'] });
});

test('of many bad lines some are told, none at great length', () => {
  const read = parseList('domain', `${'a b\n'.repeat(12)}`);
  assert.ok(read.code === 'failed');
  assert.equal(read.problems.length, 6);
  assert.equal(read.problems[5], '7 more lines like these');
  const long = parseList('domain', 'a '.repeat(1000));
  assert.ok(long.code === 'failed' && long.problems[0].length < 150);
});

test('a list of line ends alone is counted before it takes much memory', () => {
  assert.deepEqual(parseList('domain', '\n'.repeat(4 * ENTRIES_MAX - 1)), { code: 'read', entries: [] });
  const module = new URL('../../../src/protocol/rules/list.js', import.meta.url).href;
  const program = `import { parseList } from ${JSON.stringify(module)};
    console.log(parseList('domain', '\\n'.repeat(64 * 1024 * 1024)).problems[0]);`;
  const args = ['--max-old-space-size=200', '--input-type=module', '-e', program];
  assert.equal(spawnSync(process.execPath, args, { encoding: 'utf8' }).stdout, 'more than 4000000 lines\n');
});

test('a list that is too long is refused', () => {
  assert.deepEqual(parseList('domain', 'a\n'.repeat(ENTRIES_MAX + 1)), {
    code: 'failed',
    problems: ['more than 1000000 entries'],
  });
});
