// What affects the whole process.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import koffi from 'koffi';
import { giveBackMemory } from '../../src/linux/process.js';

const MIB = 1024 * 1024;
const BLOCK = 65_536;
const BLOCKS = 1024;
const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } };
const skip = header.glibcVersionRuntime === undefined && 'the C library is not glibc';

test('memory that is free goes back to the kernel', { skip }, () => {
  const libc = koffi.load(null);
  const malloc = libc.func('void* malloc(size_t)');
  const memset = libc.func('void* memset(void*, int, size_t)');
  const free = libc.func('void free(void*)');
  const blocks = Array.from({ length: BLOCKS }, () => malloc(BLOCK) as unknown);
  for (const block of blocks) memset(block, 1, BLOCK);
  // The last one is in use, so that the free ones before it are not at the end, from where they would go back by themselves.
  const last = blocks.pop();
  for (const block of blocks) free(block);
  const before = process.memoryUsage.rss();
  giveBackMemory();
  const given = before - process.memoryUsage.rss();
  free(last);
  assert.ok(given > (BLOCK * BLOCKS) / 2, `${given / MIB} MiB of ${(BLOCK * BLOCKS) / MIB} went back`);
});
