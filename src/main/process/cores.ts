// The number of cores that this process may keep busy: those that its threads may run on, but no more than the CPU time
// that its control group grants (`docker run --cpus`, a Kubernetes limit, CPUQuota of systemd). It sets no limits.
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/** The largest number of workers. Shared memory has room for the counters of as many. */
export const WORKERS_MAX = 1024;

/** The text of a file; undefined when it cannot be read. */
export type ReadText = (path: string) => string | undefined;

/** A whole number, at least 1. */
export function availableCores(): number {
  return Math.max(1, Math.min(availableParallelism(), Math.ceil(grantedCores(readText))));
}

/**
 * CPU time that the control group and the groups above it grant, in cores, perhaps a fraction; infinite without a limit.
 * Version 2 has `cpu.max`, version 1 a quota and a period. In a container the container's group may appear as the root.
 */
export function grantedCores(read: ReadText): number {
  let granted = Number.POSITIVE_INFINITY;
  for (const line of (read('/proc/self/cgroup') ?? '').split('\n')) {
    const [, controllers, path] = /^\d+:([^:]*):(\/.*)$/.exec(line) ?? [];
    if (controllers === '') {
      for (const group of upwards(path)) granted = Math.min(granted, quotaOf(read(`/sys/fs/cgroup${group}/cpu.max`)));
    } else if (controllers?.split(',').includes('cpu')) {
      for (const group of upwards(path)) {
        const folder = `/sys/fs/cgroup/${controllers}${group}`;
        const [quota, period] = [read(`${folder}/cpu.cfs_quota_us`), read(`${folder}/cpu.cfs_period_us`)];
        granted = Math.min(granted, quotaOf(`${quota} ${period}`));
      }
    }
  }
  return granted;
}

/** A group and all groups above it: `/a/b`, `/a` and the root, which is the empty text. */
function upwards(path: string): string[] {
  const names = path.split('/').filter((name) => name !== '');
  return Array.from({ length: names.length + 1 }, (_, fewer) =>
    names
      .slice(0, names.length - fewer)
      .map((name) => `/${name}`)
      .join(''),
  );
}

/** The cores of a text "quota period", both in microseconds; "max", and -1 in version 1, mean no limit. */
function quotaOf(text: string | undefined): number {
  const [quota, period] = (text ?? '').split(' ').map(Number);
  return quota > 0 && period > 0 ? quota / period : Number.POSITIVE_INFINITY;
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
