// A reporter of Node's test runner: a line of JSON for each test that failed, with the reason (failure-text.mjs), for each file
// with its time, and for each count. A file that takes longer than TEST_FILE_LIMIT_MS is killed, which Node itself does before
// version 24 only; what it was at is told then.
import { readFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { endOfFile, whyFailed } from './failure-text.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const LIMIT_MS = Number(process.env.TEST_FILE_LIMIT_MS ?? 300_000);
/** What a file wrote last, which may say why it died. */
const STDERR_LINES_MAX = 6;
const CHILDREN_MAX = 4;

const line = (value) => `${JSON.stringify(value)}\n`;
/** A file as it is named in the repository: what is run is compiled. */
const sourceOf = (file = '') =>
  relative(root, file)
    .replace(/^dist\//, '')
    .replace(/(?<=\.test\.)js$/, 'ts');
const isFile = ({ name, nesting, file }) => nesting === 0 && file !== undefined && resolve(name) === file;
const keyOf = ({ file, line, column, name, nesting }) => JSON.stringify([file, line, column, name, nesting]);

/** Tests that have begun and not ended. */
const running = new Map();
/** What is known of files that have not ended, by name. */
const files = new Map();

// biome-ignore lint/style/noDefaultExport: Node wants it so.
export default async function* report(source) {
  const broken = [];
  for await (const { type, data } of source) {
    if (type === 'test:dequeue') begin(data);
    if (type === 'test:stderr') wrote(data);
    if (type === 'test:pass' || type === 'test:fail') running.delete(keyOf(data));
    if (type === 'test:complete' && isFile(data)) {
      yield line(fileEnded(data));
      if (isBroken(data)) broken.push(data);
    }
    if (type === 'test:fail' && !isFile(data)) yield* failedTest(data);
    const [, count, number] = /^(pass|fail|cancelled|skipped) (\d+)$/.exec(data?.message ?? '') ?? [];
    if (type === 'test:diagnostic' && data.file === undefined && count) yield line({ count, number: Number(number) });
  }
  // Node tells what the tests of a file did later than that the file has ended.
  for (const data of broken) yield line(brokenFile(data));
}

function begin(data) {
  if (!isFile(data)) {
    running.set(keyOf(data), data);
    return;
  }
  const known = { stderr: [], hung: undefined, timer: setTimeout(() => kill(data.file), LIMIT_MS).unref() };
  files.set(data.file, known);
}

function fileEnded({ file, details }) {
  clearTimeout(files.get(file)?.timer);
  return { file: sourceOf(file), ms: details.duration_ms };
}

function wrote({ file, message }) {
  const known = files.get(resolve(file));
  if (known === undefined) return;
  known.stderr.push(...message.split('\n').filter((text) => text.trim() !== ''));
  known.stderr.splice(0, known.stderr.length - STDERR_LINES_MAX);
}

/** Ends the process of a file, which is a child of this one, and notes what it was at. */
function kill(file) {
  const known = files.get(file);
  for (const pid of childrenOf(process.pid)) {
    const argv = argvOf(pid);
    if (!argv.some((argument) => resolve(argument) === file)) continue;
    known.hung = {
      isBusy: isBusy(pid),
      children: childrenOf(pid)
        .map((child) => argvOf(child).join(' '))
        .slice(0, CHILDREN_MAX),
    };
    ifThere(() => process.kill(pid, 'SIGKILL'));
  }
}

function childrenOf(pid) {
  const read = () => readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  return ifThere(read) ?? [];
}

const argvOf = (pid) => ifThere(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').filter(Boolean)) ?? [];
/** The state is behind the name, which is in brackets. */
const isBusy = (pid) => ifThere(() => /\) (\w)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1]) === 'R';

/** Undefined where the process has ended meanwhile. */
function ifThere(act) {
  try {
    return act();
  } catch {
    return undefined;
  }
}

/** Of a test that a helper defines, the place is that of its file in the stack. */
function* failedTest({ file, line: row, column, name, todo, details: { error } }) {
  if (todo !== undefined || error.failureType === 'subtestsFailed') return;
  const { lines, stack } = whyFailed(error, root);
  const own = `${relative(root, file ?? '')}:${row}:${column}`;
  const [inStack] = /\/[^\s(]+\.test\.\w+:\d+:\d+/.exec(stack) ?? [];
  const place = /\.test\./.test(own) || inStack === undefined ? own : relative(root, inStack);
  yield line({ failed: `${place}: ${name}`, lines });
}

/** Whether its process did not end by itself, or badly for another reason than a test. */
function isBroken({ file, details: { error } }) {
  if (error === undefined) return false;
  return (
    error.failureType !== 'subtestsFailed' || typeof error.signal === 'string' || files.get(file)?.hung !== undefined
  );
}

/** Its process did not end by itself, or not well. What it was at are the tests that had begun. */
function brokenFile({ file, details: { error } }) {
  const { stderr = [], hung } = files.get(file) ?? {};
  const name = sourceOf(file);
  // A helper may define the tests of a file.
  const begun = [...running.values()].filter((test) => sourceOf(test.file) === name || !/\.test\./.test(test.file));
  const tests = begun.map((test) => test.name);
  return { failed: `${name}: the whole file`, lines: endOfFile({ error, hung, tests, stderr, limit_ms: LIMIT_MS }) };
}
