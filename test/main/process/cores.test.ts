import assert from 'node:assert/strict';
import { availableParallelism } from 'node:os';
import { test } from 'node:test';
import { availableCores, grantedCores } from '../../../src/main/process/cores.js';

const read = (files: Record<string, string>) => (path: string) => files[path];

test('a container has the quota of its own control group, which it sees as the root', () => {
  const files = { '/proc/self/cgroup': '0::/\n', '/sys/fs/cgroup/cpu.max': '150000 100000\n' };
  assert.equal(grantedCores(read(files)), 1.5);
});

test('the tightest of the groups above counts', () => {
  const files = {
    '/proc/self/cgroup': '0::/system.slice/tcproute.service\n',
    '/sys/fs/cgroup/system.slice/tcproute.service/cpu.max': 'max 100000\n',
    '/sys/fs/cgroup/system.slice/cpu.max': '200000 100000\n',
    '/sys/fs/cgroup/cpu.max': '800000 100000\n',
  };
  assert.equal(grantedCores(read(files)), 2);
});

test('version 1 has quota and period in files of their own, and -1 for no limit', () => {
  const files = {
    '/proc/self/cgroup': '5:memory:/docker/abc\n4:cpu,cpuacct:/docker/abc\n0::/\n',
    '/sys/fs/cgroup/cpu,cpuacct/docker/abc/cpu.cfs_quota_us': '-1\n',
    '/sys/fs/cgroup/cpu,cpuacct/docker/abc/cpu.cfs_period_us': '100000\n',
    '/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us': '50000\n',
    '/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us': '100000\n',
  };
  assert.equal(grantedCores(read(files)), 0.5);
});

test('where nothing is said there is no limit', () => {
  for (const text of [undefined, '', '0::/\n', 'nonsense', '0::/../..\n']) {
    assert.equal(
      grantedCores((path) => (path === '/proc/self/cgroup' ? text : undefined)),
      Number.POSITIVE_INFINITY,
    );
  }
});

test('at least one core is had, and no more than threads may run on', () => {
  assert.ok(availableCores() >= 1);
  assert.ok(availableCores() <= availableParallelism());
});
