// Joins the compiled modules of each thread to one file below dist/program, which is what bin/tcproute.js starts and what the
// package holds: to find, read and link some 600 modules one by one took four tenths of a gateway's start. The packages of others
// stay outside. The code stays as it was compiled: a comment names the module in front of its lines, and only a name that two
// modules have gets a number.
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/**
 * The files, and of which module each is made. They lie as deep as the modules, which name each other and package.json by
 * relative URLs: `../../workers/dns/actor.js`, `./read.js`.
 */
const MAIN = { 'main/all/cli': 'main/cli' };
const THREADS = {
  'main/all/read': 'main/users/read',
  'workers/connection/actor': 'workers/connection/actor',
  'workers/dns/actor': 'workers/dns/actor',
  'workers/routes/actor': 'workers/routes/actor',
  'workers/tls/actor': 'workers/tls/actor',
  'workers/admin/actor': 'workers/admin/actor',
  'workers/share/actor': 'workers/share/actor',
  'workers/rules/compile': 'workers/rules/compile',
};

// What main imports when it is needed stays in files of its own: in one file, the packages that it imports would be loaded
// with all else. The threads have no such modules, and share nothing.
await join(MAIN, { splitting: true, chunkNames: 'main/all/[name]-[hash]' });
await join(THREADS, {});
await dashboard();

async function join(files, how) {
  const { outputFiles } = await build({
    absWorkingDir: fileURLToPath(new URL('..', import.meta.url)),
    entryPoints: Object.fromEntries(Object.entries(files).map(([to, from]) => [to, `dist/src/${from}.js`])),
    outdir: 'dist/program',
    bundle: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    target: 'node20.18',
    write: false,
    logLevel: 'warning',
    ...how,
  });
  for (const { path, text } of outputFiles) {
    mkdirSync(dirname(path), { recursive: true });
    // What is not ASCII stands in comments only. One such character, and V8 keeps all of the text in twice the memory.
    writeFileSync(path, text.replace(/[^\0-\x7f]/g, '?'));
  }
}

/** The page of the admin actor: its modules, with uplot, and its styles in one file each. Served as they are. */
async function dashboard() {
  const root = fileURLToPath(new URL('..', import.meta.url));
  await build({
    absWorkingDir: root,
    entryPoints: { dashboard: 'dashboard/main.ts' },
    outdir: 'dist/program/dashboard',
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    charset: 'utf8',
    tsconfig: 'dashboard/tsconfig.json',
    logLevel: 'warning',
  });
  await build({
    absWorkingDir: root,
    entryPoints: { dashboard: 'dashboard/style/dashboard.css' },
    outdir: 'dist/program/dashboard',
    bundle: true,
    minify: true,
    target: 'es2022',
    logLevel: 'warning',
  });
  for (const name of ['index.html', 'icon.svg'])
    copyFileSync(`${root}/dashboard/${name}`, `${root}/dist/program/dashboard/${name}`);
}
