// Which engine is chosen, and what is said where io_uring is refused. The refusals are the kernel's own: a child
// process takes io_uring away from itself (seccomp, as containers do), or its fds.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openEngine, tryUring } from '../../../src/linux/engine/choose.js';
import { openFds } from '../peers.js';
import { Books, ENGINES, leftOpen } from '../world.js';

const [{ missing: noUring }] = ENGINES;

interface Outcome {
  readonly tried: string | null;
  readonly auto: string;
  readonly uring: string;
  readonly epoll: string;
  readonly left: readonly string[];
}

function refusedBy(how: string): Outcome {
  const child = spawnSync(process.execPath, [fileURLToPath(new URL('../refused.js', import.meta.url)), how], {
    encoding: 'utf8',
    timeout: 20_000,
  });
  assert.equal(child.status, 0, child.stderr);
  return JSON.parse(child.stdout) as Outcome;
}

describe('where io_uring is allowed', { skip: noUring ?? false }, () => {
  test('a connection runs through it, and nothing of the trial is left', () => {
    const before = openFds();
    assert.deepEqual(tryUring(), { code: 'works' });
    assert.deepEqual(tryUring(), { code: 'works' });
    assert.deepEqual(leftOpen(before), []);
  });

  test('auto is io_uring, with no reason to give', () => {
    const books = new Books();
    const chosen = openEngine('auto', books);
    assert.ok('engine' in chosen);
    assert.equal(chosen.engine.kind, 'uring');
    assert.equal(chosen.why, undefined);
    assert.ok(books.fds.size === 1);
    chosen.engine.destroy();
    assert.equal(books.fds.size + books.maps.size, 0);
    assert.deepEqual(books.objections, []);
  });

  test('uring is io_uring', () => {
    const chosen = openEngine('uring');
    assert.ok('engine' in chosen);
    assert.equal(chosen.engine.kind, 'uring');
    chosen.engine.destroy();
  });
});

test('epoll is epoll, which needs no reason', () => {
  const chosen = openEngine('epoll');
  assert.ok('engine' in chosen);
  assert.equal(chosen.engine.kind, 'epoll');
  assert.equal(chosen.why, undefined);
  chosen.engine.destroy();
});

describe('where io_uring is refused', () => {
  for (const [how, errno] of [
    ['EPERM', 'EPERM'],
    ['ENOSYS', 'ENOSYS'],
  ] as const) {
    test(`with ${errno}, auto is epoll and says why, uring is unavailable, and nothing is left open`, (t) => {
      if (process.arch !== 'x64' && process.arch !== 'arm64') {
        t.skip('the seccomp filter is written for x64 and arm64');
        return;
      }
      const why = `the kernel refused io_uring with ${errno}`;
      assert.deepEqual(refusedBy(how), {
        tried: why,
        auto: `epoll: ${why}`,
        uring: `unavailable: ${why}`,
        epoll: 'epoll: no reason',
        version: `engine epoll; ${why}`,
        left: [],
      });
    });
  }

  test('for want of an fd, no engine is available, and the reason is given', () => {
    const outcome = refusedBy('fds');
    assert.match(outcome.tried ?? '', /^the kernel refused io_uring with E(MFILE|PERM|NOSYS)$/);
    assert.equal(outcome.auto, 'unavailable: epoll_create1 failed: EMFILE');
    assert.equal(outcome.epoll, 'unavailable: epoll_create1 failed: EMFILE');
    assert.match(outcome.uring, /^unavailable: the kernel refused io_uring/);
    assert.deepEqual(outcome.left, []);
  });

  test('because its buffer rings are (kernels before 5.19), auto is epoll and nothing is left open', (t) => {
    if (noUring !== undefined || (process.arch !== 'x64' && process.arch !== 'arm64')) {
      t.skip(noUring ?? 'the seccomp filter is written for x64 and arm64');
      return;
    }
    const outcome = refusedBy('register');
    assert.match(outcome.auto, /^epoll: the kernel refused io_uring with EINVAL$/);
    assert.deepEqual(outcome.left, []);
  });
});
