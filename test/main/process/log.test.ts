import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { createLogger, OpenLog, openLog } from '../../../src/main/process/log.js';
import type { LogLevel } from '../../../src/protocol/options.js';

function logged(level: LogLevel): { lines: Record<string, unknown>[]; log: ReturnType<typeof createLogger> } {
  const lines: Record<string, unknown>[] = [];
  const log = createLogger(level, { write: (line) => lines.push(JSON.parse(line)) });
  return { lines, log };
}

test('away from a terminal a line is one JSON object, with a level by name and a time in ISO form', () => {
  const { lines, log } = logged('info');
  log.info({ port: 7070 }, 'listening');
  log.debug('not logged');
  assert.equal(lines.length, 1);
  const { time, ...rest } = lines[0] as { time: string };
  assert.deepEqual(rest, { level: 'info', port: 7070, msg: 'listening' });
  assert.equal(new Date(time).toISOString(), time);
});

test('silent logs nothing', () => {
  const { lines, log } = logged('silent');
  log.fatal('x');
  assert.deepEqual(lines, []);
});

test('passwords are masked wherever a line may stand', () => {
  const { lines, log } = logged('info');
  const hop = { host: 'a', password: 'hunter2' };
  log.info({
    ...hop,
    hop,
    hops: [hop],
    line: { hops: [hop] },
    lines: [{ hops: [hop] }],
    options: { lines: [{ hops: [hop] }] },
  });
  const text = JSON.stringify(lines);
  assert.doesNotMatch(text, /hunter2/);
  assert.equal(text.split('***').length - 1, 6);
});

test('on a terminal, control characters of what is logged are shown, not sent', () => {
  const module = new URL('../../../src/main/process/log.js', import.meta.url).href;
  const program = join(mkdtempSync(join(tmpdir(), 'tcproute-log-')), 'log.mjs');
  const [name, message] = ['a\x1b[2J\u202e', 'b\x1b]0;c\x07\x9b2J'].map((text) => JSON.stringify(text));
  writeFileSync(
    program,
    `import { openLog } from ${JSON.stringify(module)};\nconst { opened } = openLog('info', { destination: 'stdout', format: 'auto', access: { enabled: 'off' } });\nopened.log.info({ name: ${name} }, ${message});\n`,
  );
  const { stdout } = spawnSync('script', ['-qec', `"${process.execPath}" "${program}"`, '/dev/null'], {
    encoding: 'utf8',
    env: { ...process.env, TERM: 'dumb', NO_COLOR: '1' },
  });
  rmSync(dirname(program), { recursive: true });
  assert.match(stdout, /b\\u001b\]0;c\\u0007\\u009b2J/);
  assert.match(stdout, /a\\+u001b\[2J\\+u202e/);
  assert.equal(
    [...stdout].some((character) => '\x1b\x07\x9b\u202e'.includes(character)),
    false,
  );
});

const OFF = { enabled: 'off', destination: null, format: 'auto' } as const;
/** What a hostile name may try: to end the line, to end the text, to move the cursor, to hide. */
const HOSTILE = [
  'a\n{"level":"fatal","msg":"forged"}',
  'b"\n[12:00:00.000] FATAL: forged',
  'c\r\x1b[2K\x1b[1A',
  'd\u2028\u202e\x85\x9b2J\x7f\0',
  Buffer.from('e\xff\xc0\x80\xed\xa0\x80', 'latin1').toString('utf8'),
  'f\ud800","level":"fatal',
  '"stack":"g\n\n',
];

for (const format of ['pretty', 'json'] as const) {
  test(`${format}: whatever is in a message, a field or an error, a record is one line and shows no control character`, () => {
    let written = '';
    const to = { fd: -1, path: undefined, isTerminal: false };
    const { log } = new OpenLog('info', { destination: 'stdout', format, access: OFF }, { log: to }, (bytes, done) => {
      written += Buffer.from(bytes).toString('utf8');
      done(null, bytes.length);
    });
    for (const name of HOSTILE) {
      written = '';
      log.warn({ target: name, user: { name }, tags: [name] }, `no ${name}`);
      assert.equal(written.split('\n').length, 2, written);
      assert.doesNotMatch(written.slice(0, -1), /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
      if (format === 'json') {
        const { time, ...record } = JSON.parse(written) as Record<string, unknown>;
        assert.deepEqual(record, { level: 'warn', target: name, user: { name }, tags: [name], msg: `no ${name}` });
        assert.ok(typeof time === 'string');
      }
      written = '';
      log.error({ err: new Error(name) }, 'failed');
      const begins = written
        .split('\n')
        .slice(0, -1)
        .filter((line) => !line.startsWith(' '));
      assert.equal(begins.length, 1, written);
    }
  });
}

test('a file gets JSON, words without colour if it is asked for, and then with the date', () => {
  let written = '';
  const to = { fd: -1, path: '/x', isTerminal: false };
  for (const format of ['auto', 'pretty'] as const) {
    const opened = new OpenLog('info', { destination: 'stdout', format, access: OFF }, { log: to }, (bytes, done) => {
      written += Buffer.from(bytes).toString('utf8');
      done(null, bytes.length);
    });
    opened.log.info({ port: 1 }, 'x');
  }
  const [json, words] = written.split('\n');
  assert.equal((JSON.parse(json) as { port: number }).port, 1);
  assert.match(words, /^\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}\] INFO: x \{"port":1\}$/);
});

test('the access log is written at any level, in the form of the log or its own, in its place or the log’s', () => {
  const place = (isTerminal: boolean) => ({ fd: -1, path: undefined, isTerminal });
  const access = { enabled: 'on', destination: null, format: 'auto' } as const;
  let written = '';
  const silent = new OpenLog(
    'silent',
    { destination: 'stdout', format: 'auto', access },
    { log: place(false) },
    (bytes, done) => {
      written += Buffer.from(bytes).toString('utf8');
      done(null, bytes.length);
    },
  );
  silent.access?.write('a\nb\n', 2);
  assert.equal(written, 'a\nb\n');
  const form = (format: 'auto' | 'pretty', own: 'auto' | 'json', to: ConstructorParameters<typeof OpenLog>[2]) =>
    new OpenLog('info', { destination: 'stdout', format, access: { ...access, format: own } }, to).access?.form;
  assert.equal(silent.access?.form, 'json');
  assert.equal(form('auto', 'auto', { log: place(true) }), 'text');
  assert.equal(form('pretty', 'auto', { log: place(false) }), 'text');
  assert.equal(form('pretty', 'auto', { log: place(true), access: place(false) }), 'json');
  assert.equal(form('pretty', 'json', { log: place(true) }), 'json');
});

test('one file for both, by whatever name, is opened once; a second one that cannot be opened is a mistake', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tcproute-both-'));
  const path = join(folder, 'x.log');
  const fds = (): number => readdirSync('/proc/self/fd').length;
  symlinkSync(path, join(folder, 'also.log'));
  const before = fds();
  const tried = (destination: string) =>
    openLog('info', { destination: path, format: 'auto', access: { enabled: 'on', destination, format: 'auto' } });
  for (const destination of [path, join(folder, 'also.log')]) {
    const opened = tried(destination);
    assert.ok(opened.code === 'opened');
    assert.equal(fds(), before + 1);
    opened.opened.close();
  }
  const failed = tried(join(folder, 'none', 'y.log'));
  assert.match(failed.code === 'failed' ? failed.message : '', /none\/y\.log cannot be opened for the log \(ENOENT\)/);
  assert.equal(fds(), before);
  rmSync(folder, { recursive: true });
});

test('the last lines are kept with their levels, once somebody wants to have them', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'tcproute-log-'));
  const access = { enabled: 'off', destination: null, format: 'auto' } as const;
  const tried = openLog('info', { destination: join(directory, 'log'), format: 'json', access });
  assert.ok(tried.code === 'opened');
  const { opened } = tried;
  opened.log.info('before');
  const recent = opened.recentLines();
  opened.log.warn({ port: 1 }, 'after');
  opened.log.debug('not logged');
  opened.log.info({ hop: { password: 'hunter2' } }, 'later');
  const { lines } = recent.since(undefined, ['trace'], 10);
  assert.deepEqual(
    lines.map(({ level, text }) => [level, (JSON.parse(text) as { readonly msg: string }).msg]),
    [
      ['warn', 'after'],
      ['info', 'later'],
    ],
  );
  assert.doesNotMatch(lines.map(({ text }) => text).join(), /hunter2/);
  assert.equal(await opened.end(5000), true);
  opened.close();
  rmSync(directory, { recursive: true });
});
