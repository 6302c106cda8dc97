// Builds, then runs every *.test.js under dist/test (or only those whose path contains an argument) with Node's own
// runner. It finds the files itself, because `node --test DIR` means different things in Node 20 and 22.
//
// Without arguments most files run side by side, since they mostly wait; those that compare short times run afterwards, two at a
// time, and those that would disturb each other in the end, one by one. Files that are named run one by one. The exit status is
// 0 only if every run's is. The last lines say which files were slow, which tests failed and why, and sum up, since a long output
// is often shown without its middle.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Beginnings of paths of files that compare times which are shorter than the delays of a busy machine. They wait for most of their
 * time, so one of them does not disturb another.
 */
const QUIET = ['gateway/hedge', 'gateway/late-addresses', 'main/accept/acceptor', 'threads/within'];
const QUIET_AT_A_TIME = 2;
/** Beginnings of paths of files that run alone, by the reason. */
const ALONE = [
  // They load the whole machine and measure it.
  ...['bench/generator/load', 'bench/race/field/ways'],
  // They compare times to a few milliseconds.
  ...['linux/engine/loop', 'linux/thread-clock', 'workers/dns/ask/server-profile', 'workers/dns/lookup/in-order'],
  // They take thousands of sockets, or much memory and CPU time.
  ...['gateway/many', 'gateway/pressure', 'main/actors/supervisor'],
];
/** Files at a time for each core: they wait more than they work. */
const FILES_PER_CORE = 2;
const FILES_MAX = 8;
/** Time limit of a file that hangs, not of one that is slow on a busy machine. */
const FILE_LIMIT_MS = 300_000;
/** The same of a test that does not say otherwise. Before version 24, Node takes the limit of tests for one of files. */
const TEST_LIMIT_MS = 120_000;
const knowsTestLimits = Number(process.versions.node.split('.')[0]) >= 24;
/** Failed tests that are named in the end, and of those the first ones with the reason. */
const NAMED_MAX = 60;
const EXPLAINED_MAX = 20;
const SLOWEST = 10;

const root = fileURLToPath(new URL('..', import.meta.url));
const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const flags = process.argv.slice(2).filter((argument) => argument.startsWith('--'));

if (isFixed()) console.log('this checkout is read-only: what is built already is tested');
else {
  const build = spawnSync('npm', ['run', '--silent', 'build'], { cwd: root, stdio: 'inherit' });
  if (build.status !== 0) process.exit(build.status ?? 1);
}

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

const isOf = (parts) => (file) => parts.some((part) => file.startsWith(`dist/test/${part}`));
const unknown = wanted.length === 0 ? [...QUIET, ...ALONE].filter((part) => !files.some(isOf([part]))) : [];
if (unknown.length > 0) {
  console.error(`no test file matches ${unknown.join(', ')}, which is to run apart from others`);
  process.exit(1);
}

const atATime = Math.min(availableParallelism() * FILES_PER_CORE, FILES_MAX);
const others = files.filter((file) => !isOf([...QUIET, ...ALONE])(file));
const runs = (
  wanted.length > 0
    ? [{ files, concurrency: 1 }]
    : [
        { files: others, concurrency: atATime },
        { files: files.filter(isOf(QUIET)), concurrency: QUIET_AT_A_TIME },
        { files: files.filter(isOf(ALONE)), concurrency: 1 },
      ]
).filter((run) => run.files.length > 0);

const begun = performance.now();
const directory = mkdtempSync(join(tmpdir(), 'tcproute-test-'));
const outcomes = runs.map(run);
rmSync(directory, { recursive: true });
const told = outcomes.flatMap(({ told }) => told);
const sum = (wanted) => told.reduce((total, { count, number }) => total + (count === wanted ? number : 0), 0);
const seconds = Math.round((performance.now() - begun) / 1000);
const [passed, failed, skipped] = [sum('pass'), sum('fail') + sum('cancelled'), sum('skipped')];
const timed = told.filter(({ ms }) => ms !== undefined).sort((one, other) => other.ms - one.ms);
for (const { file, ms } of timed.slice(0, SLOWEST)) console.log(`slow: ${(ms / 1000).toFixed(1)} s ${file}`);
const failures = told.filter(({ failed }) => failed !== undefined);
for (const [index, { failed, lines }] of failures.slice(0, NAMED_MAX).entries()) {
  console.log(`failed: ${failed}`);
  if (index < EXPLAINED_MAX) for (const text of lines) console.log(`    ${text}`);
}
if (failures.length > NAMED_MAX) console.log(`failed: ${failures.length - NAMED_MAX} more`);
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped in ${seconds} s`);
process.exit(outcomes.every(({ status }) => status === 0) ? 0 : 1);

function isFixed() {
  try {
    accessSync(root, constants.W_OK);
    return false;
  } catch ({ code }) {
    return code === 'EROFS';
  }
}

/** Runs the files with Node's runner; returns its exit status, and what the reporter told. */
function run({ files, concurrency }, index) {
  const events = join(directory, `${index}.jsonl`);
  const shown = process.stdout.isTTY ? 'spec' : 'tap';
  const { status } = spawnSync(
    process.execPath,
    [
      ...['--test', `--test-concurrency=${concurrency}`, '--enable-source-maps'],
      ...(knowsTestLimits ? [`--test-timeout=${TEST_LIMIT_MS}`] : []),
      ...[`--test-reporter=${shown}`, '--test-reporter-destination=stdout'],
      ...[`--test-reporter=${new URL('test-reporter.mjs', import.meta.url)}`, `--test-reporter-destination=${events}`],
      ...flags,
      ...files,
    ],
    // No test asks servers outside: the DNS probe is on only where a test switches it on.
    {
      cwd: root,
      stdio: 'inherit',
      env: { ...process.env, TCPROUTE_DNS_PROBE_ENABLED: 'off', TEST_FILE_LIMIT_MS: String(FILE_LIMIT_MS) },
    },
  );
  const lines = existsSync(events) ? readFileSync(events, 'utf8').split('\n').filter(Boolean) : [];
  return { status, told: lines.map((line) => JSON.parse(line)) };
}
