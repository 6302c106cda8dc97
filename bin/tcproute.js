#!/usr/bin/env node
// Starts the built program, or says in one line why it cannot. All else is in src/main/cli.ts. CommonJS (package.json beside
// it), because the loader of ES modules uses libuv's threads, and their number counts only before they are first used.

// The first statements: without a listener Node opens its debugger on SIGUSR1, on 127.0.0.1, where every client of the
// gateway could run code through it. SIGHUP and SIGUSR2 would end the process. src/main/signals.ts gives them a meaning.
for (const signal of ['SIGUSR1', 'SIGUSR2', 'SIGHUP']) process.on(signal, () => {});
// The kernel keeps the default action of a signal from process 1, and Node relies on it.
if (process.pid === 1) {
  for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, (_, number) => process.exit(128 + number));
}

const { existsSync } = require('node:fs');
const { join } = require('node:path');
const { poolSize } = require('./pool-size.js');

const cli = join(__dirname, '../dist/program/main/all/cli.js');
const INSPECT = /(?:^|[\s"])--inspect(?:[-_](?:brk|wait))?(?:[\s"=]|$)/;

process.env.UV_THREADPOOL_SIZE ||= String(poolSize());

if (process.platform !== 'linux') {
  console.error(`tcproute: runs on Linux only (this is ${process.platform}): it talks to the Linux kernel directly`);
  process.exitCode = 1;
} else if (!existsSync(cli)) {
  console.error('tcproute: not built yet: run `npm run build` first');
  process.exitCode = 1;
} else {
  closeDebugger();
  import(cli)
    .then(async ({ main }) => {
      // Node opens it from another thread by way of the event loop, so a signal before the first statement may have its
      // effect as late as in the next turn.
      for (let turn = 0; turn < 2; turn += 1) await new Promise(setImmediate);
      closeDebugger();
      return main(process.argv.slice(2));
    })
    .then((status) => {
      process.exitCode = status;
    });
}

/** One that a signal has opened before the first statement. Not one that Node's options ask for: that is warned of. */
function closeDebugger() {
  const options = [process.env.NODE_OPTIONS ?? '', ...process.execArgv].join(' ');
  if (!process.features.inspector || INSPECT.test(options)) return;
  const inspector = require('node:inspector');
  if (inspector.url() !== undefined) inspector.close();
}
