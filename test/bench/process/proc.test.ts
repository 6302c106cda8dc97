import assert from 'node:assert/strict';
import { test } from 'node:test';
import { contextSwitches, cpuTime, growthBetween, memoryUse } from '../../../bench/process/cost.js';
import { parseRunTime, parseSmapsRollup, parseStat, parseSwitches } from '../../../bench/process/proc.js';

test('the CPU times of a process are found behind a name of any kind', () => {
  const rest = 'S 41 5 5 0 -1 4194304 900 80 1 0 1234 567 89 10 20 0 11 0 4321 1000 200 18446744073709551615 1';
  const expected = { parent: 41, user: 1234, system: 567, childrenUser: 89, childrenSystem: 10 };
  assert.deepEqual(parseStat(`42 (node) ${rest}\n`), expected);
  assert.deepEqual(parseStat(`42 (a b) c) ${rest}\n`), expected);
});

test('what is no stat is none', () => {
  assert.equal(parseStat(''), undefined);
  assert.equal(parseStat('42 (node) S 41'), undefined);
});

test('RSS and PSS are read from the roll-up, not from the lines that begin like them', () => {
  const text = [
    '562e3183b000-7fff29773000 ---p 00000000 00:00 0                          [rollup]',
    'Rss:                1704 kB',
    'Pss:                 368 kB',
    'Pss_Dirty:           112 kB',
    'Pss_Anon:            100 kB',
    '',
  ].join('\n');
  assert.deepEqual(parseSmapsRollup(text), { rss: 1704, pss: 368 });
  assert.equal(parseSmapsRollup(''), undefined);
});

test('the context switches of a thread are both kinds of them', () => {
  const text = 'Name:\tnode\nThreads:\t11\nvoluntary_ctxt_switches:\t150\nnonvoluntary_ctxt_switches:\t7\n';
  assert.equal(parseSwitches(text), 157);
  assert.equal(parseSwitches(''), undefined);
});

test('the time that a thread has run is in µs, and unknown where the file is missing', () => {
  assert.equal(parseRunTime('7767893 63069171 5\n'), 7767.893);
  assert.equal(parseRunTime(''), undefined);
});

test('a new thread counts from its beginning, and one that has ended takes its count along', () => {
  const before = new Map([['1', 10]]);
  assert.equal(growthBetween(before, new Map([...before, ['2', 5]])), 5);
  assert.equal(growthBetween(before, new Map([['1', 13]])), 3);
  assert.equal(growthBetween(before, new Map([['2', 50]])), undefined);
});

test('to wait is a context switch', () => {
  const before = contextSwitches(process.pid);
  // A timer might be due by the time of its wait on a busy machine, and then there is none.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
  const switches = growthBetween(before, contextSwitches(process.pid));
  assert.ok(switches !== undefined && switches > 0, `${switches}`);
});

test('this process has used CPU time and memory', () => {
  const before = cpuTime(process.pid);
  // In CPU time, which the kernel counts in hundredths of a second: a busy machine gives less of it.
  const spent = process.cpuUsage();
  while (process.cpuUsage(spent).user + process.cpuUsage(spent).system < 60_000);
  const after = cpuTime(process.pid);
  assert.ok(after.user + after.system > before.user + before.system);
  const { rss, pss } = memoryUse(process.pid);
  assert.ok(pss > 1024 && rss >= pss);
});

test('a process that is no more has none', () => {
  assert.deepEqual(cpuTime(2 ** 22 + 1), { user: 0, system: 0 });
  assert.deepEqual(memoryUse(2 ** 22 + 1), { rss: 0, pss: 0 });
});
