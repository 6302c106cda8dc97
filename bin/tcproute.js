#!/usr/bin/env node
// Starts the built program, or says in one line why it cannot. All else is in src/main/cli.ts. CommonJS (package.json beside
// it), because the loader of ES modules uses libuv's threads, and their number counts only before they are first used.
const { existsSync } = require('node:fs');
const { join } = require('node:path');

const cli = join(__dirname, '../dist/src/main/cli.js');

// libuv lets getaddrinfo have half of its threads, which are 4 otherwise. An idle one costs some 10 KiB.
process.env.UV_THREADPOOL_SIZE ||= '64';

if (process.platform !== 'linux') {
  console.error(`tcproute: runs on Linux only (this is ${process.platform}): it talks to the Linux kernel directly`);
  process.exitCode = 1;
} else if (!existsSync(cli)) {
  console.error('tcproute: not built yet: run `npm run build` first');
  process.exitCode = 1;
} else {
  import(cli)
    .then(({ main }) => main(process.argv.slice(2)))
    .then((status) => {
      process.exitCode = status;
    });
}
