// What Linux counts for the whole machine, not for one process: TCP segments, and the kernel's own memory.
import { readFileSync } from 'node:fs';
import { type Patience, settled } from './settled.js';

const KIB_PER_PAGE = 4;
const PATIENCE: Patience = { look_ms: 50, looks: 3, looksMax: 10 };
const QUIET_KIB = 128;

/** In KiB. */
export interface KernelMemory {
  /** Slab, kernel stacks and page tables: where sockets, files, threads and processes are kept. */
  readonly all: number;
  /** The part of `all` in slabs that cannot be given back (SUnreclaim). */
  readonly unreclaimable: number;
  /** Accounted to TCP's queues (`mem` of sockstat), which lie in slabs and pages. */
  readonly queues: number;
}

/**
 * TCP segments sent since boot, without retransmissions: OutSegs of /proc/net/snmp (names in one line, values in the next).
 */
export function parseSegments(text: string): number {
  const [names, values] = text.split('\n').filter((line) => line.startsWith('Tcp:'));
  const place = names?.split(' ').indexOf('OutSegs') ?? -1;
  return place < 0 ? Number.NaN : Number(values?.split(' ')[place]);
}

/** Parses /proc/meminfo and /proc/net/sockstat; NaN for a value that they do not have. */
export function parseKernelMemory(meminfo: string, sockstat: string): KernelMemory {
  const kib = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(meminfo)?.[1]);
  const pages = Number(/^TCP:.* mem (\d+)$/m.exec(sockstat)?.[1]);
  return {
    all: kib('Slab') + kib('KernelStack') + kib('PageTables'),
    unreclaimable: kib('SUnreclaim'),
    queues: pages * KIB_PER_PAGE,
  };
}

export const segments = (): number => parseSegments(readFileSync('/proc/net/snmp', 'utf8'));

export const kernelMemory = (): KernelMemory =>
  parseKernelMemory(readFileSync('/proc/meminfo', 'utf8'), readFileSync('/proc/net/sockstat', 'utf8'));

/** The memory once it hardly changes, or after half a second: memory of closed connections is given back with a delay. */
export const settledKernelMemory = (): Promise<KernelMemory> =>
  settled(kernelMemory, (last, now) => Math.abs(now.all - last.all) < QUIET_KIB, PATIENCE);

export const kernelGrowth = (before: KernelMemory, after: KernelMemory): KernelMemory => ({
  all: after.all - before.all,
  unreclaimable: after.unreclaimable - before.unreclaimable,
  queues: after.queues - before.queues,
});
