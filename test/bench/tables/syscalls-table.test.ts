import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { findStrace, parseStrace, Strace } from '../../../bench/process/strace.js';
import { summariseSyscalls } from '../../../bench/results/syscalls-rows.js';
import { formatSyscalls } from '../../../bench/tables/syscalls-table.js';

const TABLE = `strace: Process 19884 attached with 2 threads
strace: Process 19885 detached
% time     seconds  usecs/call     calls    errors syscall
------ ----------- ----------- --------- --------- ----------------
 52.85    1.093105       14574        75         1 futex
 14.49    0.299788          65      4543        19 io_uring_enter
  0.90    0.018638           4      3830           shutdown
  0.00    0.000005           2         2           mprotect
------ ----------- ----------- --------- --------- ----------------
100.00    2.068418          43      8450        20 total
`;

test('calls are read by name, with and without errors, and the sum is none of them', () => {
  const calls = { futex: 75, io_uring_enter: 4543, shutdown: 3830, mprotect: 2 };
  assert.deepEqual(Object.fromEntries(parseStrace(TABLE)), calls);
  assert.equal(parseStrace('strace: attach: Operation not permitted\n').size, 0);
});

test('calls are counted for each connection, the most frequent first, the rare ones in the sum only', () => {
  const calls = { close: 200, io_uring_enter: 150, mprotect: 2, sendto: 400 };
  const rows = summariseSyscalls([
    { subject: 'mine', workers: 1, connections: 100, calls },
    { subject: 'theirs', workers: 0, connections: 0, calls: {} },
  ]);
  assert.equal(rows.length, 1);
  assert.equal(rows[0].all, 7.52);
  const text = formatSyscalls(rows, { concurrency: 64 });
  assert.match(text, /\nmine ×1 +100 +7\.52 +1\.50 +sendto 4\.00, close 2\.00, io_uring_enter 1\.50\n$/);
});

test('a running process is counted from when it is attached', { skip: findStrace() === undefined }, async (context) => {
  const child = spawn(process.execPath, ['-e', 'process.stdin.on("data", () => process.chdir("/"))'], {
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  try {
    const strace = await Strace.attach(findStrace() as string, [child.pid as number]);
    if (typeof strace === 'string') {
      context.skip(strace);
      return;
    }
    // It is counted once the process has ended.
    child.stdin?.end('go');
    await once(child, 'exit');
    const calls = await strace.detach();
    assert.equal(calls.get('chdir'), 1);
  } finally {
    child.kill('SIGKILL');
  }
});

test('what cannot be attached is said', { skip: findStrace() === undefined }, async () => {
  const refusal = await Strace.attach(findStrace() as string, [2 ** 22 + 1]);
  assert.equal(typeof refusal, 'string');
  assert.match(refusal as string, /attach/);
});
