// What Linux counts for the whole machine, not for one process: TCP segments, and memory that the kernel itself takes.
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const KIB_PER_PAGE = 4;
const QUIET_LOOK_MS = 50;
const QUIET_LOOKS = 3;
const QUIET_LOOKS_MAX = 10;
const QUIET_KIB = 128;

/** KiB. */
export interface KernelMemory {
  /** Slab, kernel stacks and page tables: where sockets, files, threads and processes are kept. */
  readonly all: number;
  /** Of it, the slabs that could not be given back (SUnreclaim). */
  readonly unreclaimable: number;
  /** Accounted to TCP's queues (`mem` of sockstat), which lie in slabs and pages. */
  readonly queues: number;
}

/**
 * Sent since the start: OutSegs of /proc/net/snmp (names in one line, values in the next), without what was sent again.
 */
export function parseSegments(text: string): number {
  const [names, values] = text.split('\n').filter((line) => line.startsWith('Tcp:'));
  const place = names?.split(' ').indexOf('OutSegs') ?? -1;
  return place < 0 ? Number.NaN : Number(values?.split(' ')[place]);
}

/** Of /proc/meminfo and /proc/net/sockstat; NaN for what they do not have. */
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

/** Once it hardly changes any more, or after half a second: what closed connections had is given back with a delay. */
export async function settledKernelMemory(): Promise<KernelMemory> {
  let last = kernelMemory();
  for (let looks = 0, quiet = 0; looks < QUIET_LOOKS_MAX && quiet < QUIET_LOOKS; looks += 1) {
    await sleep(QUIET_LOOK_MS);
    const now = kernelMemory();
    quiet = Math.abs(now.all - last.all) < QUIET_KIB ? quiet + 1 : 0;
    last = now;
  }
  return last;
}

export const kernelGrowth = (before: KernelMemory, after: KernelMemory): KernelMemory => ({
  all: after.all - before.all,
  unreclaimable: after.unreclaimable - before.unreclaimable,
  queues: after.queues - before.queues,
});
