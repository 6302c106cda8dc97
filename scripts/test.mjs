// Builds, then runs every *.test.js under dist/test (or only those whose path contains an argument) with Node's own
// runner. It finds the files itself, because `node --test DIR` means different things in Node 20 and 22.
//
// Without arguments most files run side by side, since they mostly wait; those that compare short times run afterwards, two at a
// time, and those that would disturb each other in the end, one by one. Files that are named run one by one. The exit status is 0 only if every run's is. The last lines name the tests
// that failed, since a long output is often shown without its middle, and sum up.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, relative } from 'node:path';
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
/** Time limit of a test, and of a file: for a file that hangs, not for one that is slow on a busy machine. */
const TIMEOUT_MS = 300_000;
/** Failed tests that are named in the end. */
const NAMED_MAX = 50;

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
const sum = (count) => outcomes.reduce((total, { counts }) => total + (counts[count] ?? 0), 0);
const seconds = Math.round((performance.now() - begun) / 1000);
const [passed, failed, skipped] = [sum('pass'), sum('fail') + sum('cancelled'), sum('skipped')];
const failures = outcomes.flatMap(({ failures }) => failures);
for (const failure of failures.slice(0, NAMED_MAX)) console.log(`failed: ${failure}`);
if (failures.length > NAMED_MAX) console.log(`failed: ${failures.length - NAMED_MAX} more`);
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped in ${seconds} s`);
process.exit(outcomes.every(({ status }) => status === 0) ? 0 : 1);

/** Runs the files with Node's runner; returns its exit status and its counts. */
function isFixed() {
  try {
    accessSync(root, constants.W_OK);
    return false;
  } catch ({ code }) {
    return code === 'EROFS';
  }
}

function run({ files, concurrency }, index) {
  const summary = join(directory, `${index}.tap`);
  const shown = process.stdout.isTTY ? 'spec' : 'tap';
  const { status } = spawnSync(
    process.execPath,
    [
      ...['--test', `--test-concurrency=${concurrency}`, `--test-timeout=${TIMEOUT_MS}`, '--enable-source-maps'],
      ...[`--test-reporter=${shown}`, '--test-reporter-destination=stdout'],
      ...['--test-reporter=tap', `--test-reporter-destination=${summary}`],
      ...flags,
      ...files,
    ],
    // No test asks servers outside: the DNS probe is on only where a test switches it on.
    { cwd: root, stdio: 'inherit', env: { ...process.env, TCPROUTE_DNS_PROBE_ENABLED: 'off' } },
  );
  const tap = existsSync(summary) ? readFileSync(summary, 'utf8') : '';
  return { status, counts: countsOf(tap), failures: failuresOf(tap) };
}

/** Reads the lines such as `# pass 12` at the end of the TAP output. */
function countsOf(tap) {
  const lines = tap.matchAll(/^# (pass|fail|cancelled|skipped) (\d+)$/gm);
  return Object.fromEntries([...lines].map(([, count, number]) => [count, Number(number)]));
}

/**
 * File and name of each test that failed, but for those of which only a test within failed. Where a helper defines a test, its
 * file is that of the error's stack.
 */
function failuresOf(tap) {
  return [...tap.matchAll(/^( *)not ok \d+ - (.*)\n\1 {2}---\n([\s\S]*?)\n\1 {2}\.\.\.$/gm)].flatMap(
    ([, , name, details]) => {
      if (/ # TODO\b/.test(name) || /^ *failureType: 'subtestsFailed'$/m.test(details)) return [];
      const [, location = ''] = /^ *location: '(.*)'$/m.exec(details) ?? [];
      const [place] = /\.test\./.test(location)
        ? [location]
        : (/\/[^\s(]+\.test\.\w+:\d+:\d+/.exec(details) ?? [location]);
      return [`${relative(root, place)}: ${name.replace(/\\([\\#])/g, '$1')}`];
    },
  );
}
