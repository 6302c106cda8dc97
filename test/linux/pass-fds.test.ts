// fds that one process passes to another; here both ends of the channel are in one.
import assert from 'node:assert/strict';
import { closeSync, fstatSync, openSync, readFileSync, readlinkSync, writeFileSync, writeSync } from 'node:fs';
import { test } from 'node:test';
import * as libc from '../../src/linux/libc.js';
import { memoryFile, pathOfFd } from '../../src/linux/memory-file.js';
import { fdChannel, receiveFds, sendFds } from '../../src/linux/pass-fds.js';
import { closeFd, sendBytes } from '../../src/linux/sockets.js';

const F_GETFD = 1;
const FD_CLOEXEC = 1;

function channel(): [number, number] {
  const made = fdChannel();
  assert.ok(typeof made !== 'number');
  return [made[0], made[1]];
}

function received(end: number, count: number): readonly number[] {
  const got = receiveFds(end, count);
  assert.ok(got.code === 'received', JSON.stringify(got));
  return got.fds;
}

const inode = (fd: number): number => fstatSync(fd).ino;

for (const count of [1, 2, 3, 63, 64, 65, 127, 128, 129]) {
  test(`${count} fds arrive in order, as fds of the receiver for the same files`, () => {
    const [one, other] = channel();
    const files = Array.from({ length: count }, (_, index) => memoryFile(`number ${index}`));
    assert.equal(sendFds(one, files), 0);
    const own = received(other, count);
    assert.equal(new Set([...files, ...own]).size, 2 * count);
    assert.deepEqual(own.map(inode), files.map(inode));
    for (const fd of own) assert.equal(libc.fcntl(fd, F_GETFD, 0), FD_CLOEXEC);
    for (const fd of files) closeFd(fd);
    for (const [index, fd] of own.entries()) assert.match(readlinkSync(pathOfFd(fd)), new RegExp(`number ${index} `));
    for (const fd of [...own, one, other]) closeFd(fd);
  });
}

test('what was sent before the sender closed its end arrives', () => {
  const [one, other] = channel();
  const file = memoryFile('kept');
  assert.equal(sendFds(one, [file]), 0);
  closeFd(file);
  closeFd(one);
  const [own] = received(other, 1);
  writeFileSync(pathOfFd(own as number), 'kept');
  assert.equal(readFileSync(pathOfFd(own as number), 'utf8'), 'kept');
  for (const fd of [own as number, other]) closeFd(fd);
});

test('an fd that is not open, a channel that has ended and one with nothing in it are named', () => {
  const [one, other] = channel();
  assert.equal(sendFds(one, [1_000_000]), -9);
  assert.deepEqual(receiveFds(other, 1), { code: 'failed', error: 'EAGAIN' });
  closeFd(one);
  assert.deepEqual(receiveFds(other, 1), { code: 'failed', error: 'EPROTO' });
  assert.equal(sendFds(other, [other]), -32);
  closeFd(other);
});

test('a message without fds is an error, and the fds before it are closed', () => {
  const [one, other] = channel();
  const file = memoryFile('closed');
  const before = lowestFree();
  assert.equal(sendFds(one, [file]), 0);
  assert.equal(sendBytes(one, Buffer.from('x')), 1);
  assert.deepEqual(receiveFds(other, 2), { code: 'failed', error: 'EPROTO' });
  assert.equal(lowestFree(), before);
  for (const fd of [one, other, file]) closeFd(fd);
});

function lowestFree(): number {
  const fd = openSync('/dev/null', 'r');
  closeSync(fd);
  return fd;
}

test('a file in memory is empty, and goes with its last fd', () => {
  const file = memoryFile('tcproute-routes');
  assert.equal(fstatSync(file).size, 0);
  writeSync(file, 'text');
  assert.equal(readFileSync(pathOfFd(file), 'utf8'), 'text');
  closeFd(file);
  assert.throws(() => readFileSync(pathOfFd(file)), { code: 'ENOENT' });
});
