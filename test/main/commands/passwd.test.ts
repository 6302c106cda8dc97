// `tcproute passwd` as a process: on a terminal, which script(1) makes, and at the end of a pipe.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { verifyPassword } from '../../../src/main/users/scrypt.js';
import { readPhc } from '../../../src/protocol/users/phc.js';
import { atTerminal, NEEDS_SCRIPT } from '../../helpers/at-terminal.js';

const program = fileURLToPath(new URL('../../../../bin/tcproute.js', import.meta.url));
const PHC = /\$scrypt\$ln=15,r=8,p=1\$[\w+/]{22}\$[\w+/]{43}/;
const HANGS_MS = 120_000;

async function isHashOf(text: string, password: string): Promise<boolean> {
  const read = readPhc(text);
  assert.ok(read.code === 'read', text);
  return verifyPassword(password, read.hash);
}

function fromPipe(input: string | Buffer, args: readonly string[] = []) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, 'passwd', ...args], {
    ...{ input, encoding: 'utf8', timeout: HANGS_MS },
  });
  return { status, stdout, stderr };
}

test('from a pipe one line is read, and nothing is asked', async () => {
  for (const [input, password] of [
    ...[
      ['secret\n', 'secret'],
      ['secret', 'secret'],
      ['sec ret \r\nmore\n', 'sec ret '],
      ['pässword\n', 'pässword'],
    ],
  ] as [string, string][]) {
    const { status, stdout, stderr } = fromPipe(input);
    assert.deepEqual([status, stderr], [0, '']);
    assert.equal(await isHashOf(stdout.trimEnd(), password), true, input);
  }
});

test('what cannot be a password is refused, and not shown', () => {
  for (const input of ['', '\n', 'hunter2\0\n', 'hunter2'.repeat(40), 'hunter2'.repeat(1000)]) {
    const { status, stdout, stderr } = fromPipe(input);
    assert.deepEqual([status, stdout], [1, '']);
    assert.match(stderr, /^error: this cannot be a password; allowed: a password of 1 to 255 octets/);
    assert.doesNotMatch(stderr, /hunter2/);
  }
});

test('bytes that are not UTF-8 are no password', () => {
  for (const input of ['p\xe4ss\xe4\n', '\xff\xfep\0', 'p\xe4']) {
    const { status, stdout, stderr } = fromPipe(Buffer.from(input, 'latin1'));
    assert.deepEqual([status, stdout, stderr], [1, '', 'error: standard input is not UTF-8 text\n']);
  }
});

test('it takes no argument, and needs no configuration', () => {
  assert.match(fromPipe('x\n', ['alice']).stderr, /^tcproute: Unexpected argument 'alice'/);
  assert.equal(fromPipe('x\n', ['-c', '/nonexistent']).status, 2);
});

test('without a standard output nothing is asked, and it fails', () => {
  for (const to of ['>&-', '>/dev/null']) {
    const command = ['-c', `"$0" "$1" passwd ${to}`, process.execPath, program];
    const { status, stderr } = spawnSync('sh', command, { input: 'secret\n', encoding: 'utf8', timeout: HANGS_MS });
    assert.deepEqual([status, stderr], [1, 'error: standard output is closed or /dev/null: the hash would be lost\n']);
  }
});

test('on a terminal it is asked twice, without echo, and the echo comes back', NEEDS_SCRIPT, async () => {
  const shown = await atTerminal('passwd', [
    ['Password: ', 'sekrit\r'],
    ['Again: ', 'sekrit\r'],
  ]);
  assert.match(shown, /status 0/);
  assert.doesNotMatch(shown, /sekrit/);
  assert.equal(await isHashOf((PHC.exec(shown) ?? [''])[0], 'sekrit'), true);
  assert.match(shown, /[ ;]icanon/);
  assert.match(shown, / echo /);
});

test('what is mistyped can be taken back, and both may be pasted at once', NEEDS_SCRIPT, async () => {
  const shown = await atTerminal('passwd', [['Password: ', 'wrong\x15sekrix\x7ft\rsekrit\r']]);
  assert.equal(await isHashOf((PHC.exec(shown) ?? [''])[0], 'sekrit'), true);
});

test('two that differ are no password', NEEDS_SCRIPT, async () => {
  const shown = await atTerminal('passwd', [
    ['Password: ', 'sekrit\r'],
    ['Again: ', 'sekret\r'],
  ]);
  assert.match(shown, /error: the two passwords differ\r\nstatus 1/);
  assert.doesNotMatch(shown, /sekr/);
});

test('^C and ^D end it, and the echo comes back', NEEDS_SCRIPT, async () => {
  for (const typed of ['sek\x03', '\x04']) {
    const shown = await atTerminal('passwd', [['Password: ', typed]]);
    assert.match(shown, /status 130/);
    assert.doesNotMatch(shown, PHC);
    assert.match(shown, / echo /);
    assert.match(shown, /[ ;]icanon/);
  }
});
