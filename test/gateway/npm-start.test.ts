// A signal to npm stops the gateway that `npm start` has started, and one from a terminal, which both get, is no second one.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { root } from '../helpers/gateway.js';

for (const [what, toGroup] of [
  ['to npm', false],
  ['to the group of a terminal', true],
] as const) {
  test(`a stop signal ${what} lets the gateway end by itself`, { timeout: 60_000 }, async () => {
    const env = { PATH: process.env['PATH'], HOME: process.env['HOME'], TCPROUTE_PORT: '0', TCPROUTE_WORKERS: '1' };
    const npm = spawn('npm', ['start', '--no-update-notifier'], { cwd: root, env, detached: true });
    let output = '';
    const closed = once(npm, 'close');
    await new Promise<void>((resolve) => {
      npm.stdout.on('data', (bytes: Buffer) => {
        output += bytes.toString();
        if (output.includes('listening on')) resolve();
      });
    });
    process.kill(toGroup ? -Number(npm.pid) : Number(npm.pid), toGroup ? 'SIGINT' : 'SIGTERM');
    // Its output is closed only when the gateway has ended, too.
    await closed;
    assert.match(output, /"msg":"stopped"/);
    assert.doesNotMatch(output, /ended at once/);
  });
}
