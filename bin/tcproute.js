#!/usr/bin/env node
// Starts the built program, or says in one line why it cannot. All else is in src/main/cli.ts.
import { existsSync } from 'node:fs';

const cli = new URL('../dist/src/main/cli.js', import.meta.url);

if (process.platform !== 'linux') {
  console.error(`tcproute: runs on Linux only (this is ${process.platform}): it talks to the Linux kernel directly`);
  process.exitCode = 1;
} else if (!existsSync(cli)) {
  console.error('tcproute: not built yet: run `npm run build` first');
  process.exitCode = 1;
} else {
  const { main } = await import(cli.href);
  process.exitCode = await main(process.argv.slice(2));
}
