import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { readListFile } from '../../src/files/list-file.js';
import { utf8Text } from '../../src/files/utf8-text.js';

const BAD = (line: number) => ({
  kind: 'unusable',
  why: `is not UTF-8 text: line ${line} has other bytes; save it as UTF-8`,
});

test('text is decoded, and what is no UTF-8 is refused with its line', () => {
  assert.deepEqual(utf8Text(Buffer.from('')), { kind: 'text', text: '' });
  assert.deepEqual(utf8Text(Buffer.from('größe\n密码\n')), { kind: 'text', text: 'größe\n密码\n' });
  assert.deepEqual(utf8Text(Buffer.from('größe', 'latin1')), BAD(1));
  assert.deepEqual(utf8Text(Buffer.from('a\nü\r\n\n', 'utf8').subarray(0, 3)), BAD(2));
  assert.deepEqual(utf8Text(Buffer.concat([Buffer.from('ü\n\n'), Buffer.of(0xff, 0x0a), Buffer.from('x')])), BAD(3));
  assert.deepEqual(utf8Text(Buffer.concat([Buffer.from('ü\n'), Buffer.of(0xc3, 0x0a, 0xa4)])), BAD(2));
});

test('a list of names that is not UTF-8 is refused', () => {
  const directory = mkdtempSync(join(tmpdir(), 'tcproute-list-'));
  try {
    const path = join(directory, 'names.txt');
    writeFileSync(path, 'example.com\n# caf\xe9\n', 'latin1');
    assert.deepEqual(readListFile({ kind: 'domain', path }), { code: 'failed', problems: [BAD(2).why] });
    assert.deepEqual(readListFile({ kind: 'domain', path: join(directory, 'absent') }), {
      code: 'failed',
      problems: ['no such file'],
    });
    writeFileSync(path, 'example.com\n# café\n');
    assert.equal(readListFile({ kind: 'domain', path }).code, 'read');
  } finally {
    rmSync(directory, { recursive: true });
  }
});
