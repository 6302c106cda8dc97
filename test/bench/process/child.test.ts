// A child of the bench that dies, is silent or cannot be started never makes the bench wait, and the bench says why.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { isUp } from '../../../bench/choice/uplinks/machine.js';
import { Child } from '../../../bench/process/child.js';
import { nothingLeft } from '../../helpers/nothing-left.js';

afterEach(() => nothingLeft(/Process|Timeout/));

const LONG_MS = 60_000;

/** A child that runs the text, and answers to `{ask: 'echo'}`. */
async function withChild(text: string, use: (child: Child<unknown>) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'child-'));
  const file = join(folder, 'child.mjs');
  writeFileSync(file, `process.on('disconnect', () => process.exit());\n${text}`);
  const child = new Child<unknown>('program', pathToFileURL(file));
  try {
    await use(child);
  } finally {
    await child.stop();
    rmSync(folder, { recursive: true });
  }
}

const ECHO = `process.on('message', (message) => process.send(message)); process.send('ready');`;

test('a child answers in turn, and a report without a question is kept for one', async () => {
  await withChild(ECHO, async (child) => {
    assert.equal(await child.ask(undefined, LONG_MS), 'ready');
    assert.deepEqual(await child.ask({ ask: 'echo' }, LONG_MS), { ask: 'echo' });
  });
});

test('a child that ends while it is asked, or before, is told with how it ended', async () => {
  await withChild(`process.on('message', () => process.exit(3)); process.send('ready');`, async (child) => {
    await child.ask(undefined, LONG_MS);
    await assert.rejects(child.ask({}, LONG_MS), /the program has ended with status 3/);
    await assert.rejects(child.ask({}, LONG_MS), /the program has ended with status 3/);
  });
  await withChild(`process.kill(process.pid, 'SIGKILL');`, (child) =>
    assert.rejects(child.ask({}, LONG_MS), /the program has ended with SIGKILL/),
  );
});

test('one whose channel has closed is told with how it ended, not with what the channel says', async () => {
  await withChild(`${ECHO} process.once('message', () => { process.disconnect(); });`, async (child) => {
    await child.ask(undefined, LONG_MS);
    await assert.rejects(async () => {
      // The first may be answered before the channel closes; the second cannot be sent, or is not answered.
      for (let turn = 0; turn < 2; turn += 1) await child.ask({}, LONG_MS);
    }, /the program has ended with status 0/);
  });
});

test('a second question before the answer to the first is refused', async () => {
  await withChild(ECHO, async (child) => {
    await child.ask(undefined, LONG_MS);
    const first = child.ask({ ask: 1 }, LONG_MS);
    await assert.rejects(child.ask({ ask: 2 }, LONG_MS), /has not answered yet/);
    assert.deepEqual(await first, { ask: 1 });
  });
});

test('a silent child is killed, and a question to it later is refused for the same reason', async () => {
  await withChild(`process.on('message', () => {});`, async (child) => {
    await assert.rejects(child.ask({}, 50), /the program has said nothing for 50 ms/);
    await assert.rejects(child.ask({}, LONG_MS), /the program has said nothing for 50 ms/);
  });
});

test('a process that dies before it says that it is up is told so', async () => {
  const dies = spawn(process.execPath, ['-e', 'process.exit(4)'], { stdio: ['ignore', 'pipe', 'inherit'] });
  await assert.rejects(isUp(dies, 'the far end'), /the far end has ended with status 4/);
  const missing = spawn('/there/is/none', { stdio: ['ignore', 'pipe', 'inherit'] });
  await assert.rejects(isUp(missing, 'the far end'), /the far end could not be started: .*ENOENT/);
});
