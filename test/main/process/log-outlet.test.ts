import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { LogOutlet, openDestination } from '../../../src/main/process/log-outlet.js';
import { until } from '../../helpers/until.js';

const directory = mkdtempSync(join(tmpdir(), 'tcproute-outlet-'));
after(() => rmSync(directory, { recursive: true }));

function outletAt(path: string): LogOutlet {
  const opened = openDestination(path);
  assert.ok(opened.code === 'opened');
  return new LogOutlet(opened.to, { droppedLine: (dropped) => `dropped ${dropped}\n` });
}

const openFds = (): number => readdirSync('/proc/self/fd').length;
const text = (path: string): string => readFileSync(path, 'utf8');

test('a file is made for its owner and group, and appended to where there is one', async () => {
  const path = join(directory, 'made.log');
  for (const line of ['one\n', 'two\n']) {
    const outlet = outletAt(path);
    outlet.writer.write(line);
    assert.equal(await outlet.writer.end(5000), true);
    outlet.close();
  }
  assert.equal(text(path), 'one\ntwo\n');
  assert.equal(statSync(path).mode & 0o777, 0o640 & ~process.umask());
});

test('what cannot be opened is said with its path and why', () => {
  const pipe = join(directory, 'pipe');
  execFileSync('mkfifo', [pipe]);
  const why = (path: string): string => {
    const opened = openDestination(path);
    assert.ok(opened.code === 'failed');
    return opened.message.replace(directory, '.');
  };
  assert.equal(why(directory), '. cannot be opened for the log (EISDIR)');
  assert.equal(why(join(directory, 'none', 'x')), './none/x cannot be opened for the log (ENOENT)');
  assert.match(why(pipe), /^\.\/pipe .*\(ENXIO\): it is a socket, or a pipe that nobody reads$/);
});

test('opened again after a rename, later lines are in a new file and earlier ones in the old, and the old one is closed', async () => {
  const path = join(directory, 'again.log');
  const before = openFds();
  const outlet = outletAt(path);
  outlet.writer.write('before\n');
  renameSync(path, `${path}.1`);
  outlet.writer.write('waits\n');
  const reopened = outlet.reopen();
  assert.deepEqual(await reopened, { code: 'done' });
  outlet.writer.write('after\n');
  assert.equal(await outlet.writer.end(5000), true);
  assert.deepEqual([text(`${path}.1`), text(path)], ['before\nwaits\n', 'after\n']);
  outlet.close();
  await until('both files are closed', () => openFds() === before);
});

test('a file that has not been renamed stays open, and a stream has nothing to open', async () => {
  const path = join(directory, 'same.log');
  const outlet = outletAt(path);
  const before = openFds();
  assert.deepEqual(await outlet.reopen(), { code: 'done' });
  outlet.writer.write('x\n');
  await outlet.writer.end(5000);
  assert.equal(text(path), 'x\n');
  await until('nothing is left open', () => openFds() === before);
  outlet.close();
  const stream = new LogOutlet({ fd: 1, path: undefined, isTerminal: false }, { droppedLine: () => '' });
  assert.deepEqual([stream.isFile, await stream.reopen()], [false, { code: 'done' }]);
});

test('where the new file cannot be opened all goes on in the old one, until it can', async () => {
  const folder = join(directory, 'folder');
  mkdirSync(folder);
  const path = join(folder, 'x.log');
  const outlet = outletAt(path);
  renameSync(folder, `${folder}.1`);
  const failed = await outlet.reopen();
  assert.equal(failed.code === 'failed' && failed.message, `${path} cannot be opened for the log (ENOENT)`);
  outlet.writer.write('old\n');
  await outlet.writer.end(5000);
  mkdirSync(folder);
  await outlet.reopen();
  outlet.writer.write('new\n');
  await outlet.writer.end(5000);
  assert.deepEqual([text(join(`${folder}.1`, 'x.log')), text(path)], ['old\n', 'new\n']);
  outlet.close();
});

test('of many calls during one opening, one more follows', async () => {
  const path = join(directory, 'many.log');
  const outlet = outletAt(path);
  const before = openFds();
  renameSync(path, `${path}.1`);
  const [first, ...later] = [outlet.reopen(), outlet.reopen(), outlet.reopen()];
  assert.deepEqual([later[0] === later[1], later[0] === first], [true, false]);
  assert.deepEqual(await Promise.all([first, ...later]), Array(3).fill({ code: 'done' }));
  outlet.writer.write('x\n');
  await outlet.writer.end(5000);
  assert.equal(text(path), 'x\n');
  await until('nothing is left open', () => openFds() === before);
  outlet.close();
});

test('left, a file has all that was for it, and is closed', async () => {
  const path = join(directory, 'left.log');
  const before = openFds();
  const outlet = outletAt(path);
  for (let line = 0; line < 1000; line += 1) outlet.writer.write(`${line}\n`);
  await outlet.retire(5000);
  assert.equal(text(path).split('\n').length, 1001);
  assert.equal(openFds(), before);
  // Another file may have its number now.
  const other = outletAt(join(directory, 'other.log'));
  outlet.writer.write('late\n');
  assert.equal(await other.writer.end(5000), true);
  await new Promise(setImmediate);
  assert.deepEqual([text(join(directory, 'other.log')), outlet.writer.dropped], ['', 1]);
  other.close();
});
