import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kernelMemory, parseKernelMemory, parseSegments, segments } from '../../../bench/process/kernel.js';

test('the segments that were sent are found by their name, in whatever place they are', () => {
  const text = [
    'Ip: Forwarding DefaultTTL',
    'Ip: 1 64',
    'Tcp: RtoAlgorithm MaxConn InSegs OutSegs RetransSegs',
    'Tcp: 1 -1 300 207075345 5942',
    'TcpExt: SyncookiesSent OutSegs',
    'TcpExt: 7 8',
    '',
  ].join('\n');
  assert.equal(parseSegments(text), 207_075_345);
  assert.ok(Number.isNaN(parseSegments('Ip: Forwarding\nIp: 1\n')));
});

test("the kernel's memory is slabs, stacks and page tables; queues are counted in pages", () => {
  const meminfo = [
    'MemTotal:       24684084 kB',
    'Slab:             272884 kB',
    'SReclaimable:     188808 kB',
    'SUnreclaim:        84076 kB',
    'KernelStack:        4336 kB',
    'PageTables:         9180 kB',
    'SecPageTables:       512 kB',
    '',
  ].join('\n');
  const sockstat = 'sockets: used 343\nTCP: inuse 296 orphan 0 tw 131072 alloc 330 mem 12\nUDP: inuse 0 mem 3\n';
  assert.deepEqual(parseKernelMemory(meminfo, sockstat), { all: 286_400, unreclaimable: 84_076, queues: 48 });
  assert.ok(Number.isNaN(parseKernelMemory('', '').all));
});

test('this machine tells both', () => {
  assert.ok(segments() >= 0);
  const { all, unreclaimable, queues } = kernelMemory();
  assert.ok(all > unreclaimable && unreclaimable > 0 && queues >= 0);
});
