// Builds, then runs every *.test.js under dist/test (or only the ones whose path contains an argument) with Node's own
// runner. Finds the files itself, because `node --test DIR` means different things in Node 20 and 22.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const flags = process.argv.slice(2).filter((argument) => argument.startsWith('--'));

const build = spawnSync('npm', ['run', '--silent', 'build'], { cwd: root, stdio: 'inherit' });
if (build.status !== 0) process.exit(build.status ?? 1);

const files = readdirSync(`${root}/dist/test`, { recursive: true })
  .map(String)
  .filter((file) => file.endsWith('.test.js'))
  .filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)))
  .sort()
  .map((file) => `dist/test/${file}`);
if (files.length === 0) {
  console.error(`no test file matches ${wanted.join(', ')}`);
  process.exit(1);
}
const run = spawnSync(
  process.execPath,
  ['--test', '--test-concurrency=1', '--test-timeout=120000', '--enable-source-maps', ...flags, ...files],
  // No test speaks to anything outside: the probe is on only where a test asks for it.
  { cwd: root, stdio: 'inherit', env: { ...process.env, TCPROUTE_DNS_PROBE_ENABLED: 'off' } },
);
process.exit(run.status ?? 1);
