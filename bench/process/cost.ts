// The CPU time, memory and context switches of a subject: of its process with all threads, and of all processes below it.
// The CPU time of a process that ended between two looks is still counted through its parent.
import { readdirSync, readFileSync } from 'node:fs';
import { type MemoryUse, type ProcessStat, parseRunTime, parseSmapsRollup, parseStat, parseSwitches } from './proc.js';
import { type Patience, settled } from './settled.js';

/** A count that only grows, by thread id. */
export type ByThread = ReadonlyMap<string, number>;

/** /proc counts in hundredths of a second (USER_HZ) for every program, whatever the kernel's own tick. */
const US_PER_TICK = 10_000;
const PATIENCE: Patience = { look_ms: 30, looks: 2, looksMax: 20 };

/** Microseconds. */
export interface CpuTime {
  readonly user: number;
  readonly system: number;
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function list(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

function processTree(root: number): Map<number, ProcessStat> {
  const all = new Map<number, ProcessStat>();
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const stat = parseStat(read(`/proc/${entry}/stat`));
    if (stat !== undefined) all.set(Number(entry), stat);
  }
  const tree = new Map<number, ProcessStat>();
  const found = [root];
  for (let pid = found.pop(); pid !== undefined; pid = found.pop()) {
    const stat = all.get(pid);
    if (stat === undefined || tree.has(pid)) continue;
    tree.set(pid, stat);
    for (const [child, { parent }] of all) if (parent === pid) found.push(child);
  }
  return tree;
}

/** `pid` and the ids of all processes below it. */
export const processesOf = (pid: number): number[] => [...processTree(pid).keys()];

export function cpuTime(pid: number): CpuTime {
  let user = 0;
  let system = 0;
  for (const stat of processTree(pid).values()) {
    user += stat.user + stat.childrenUser;
    system += stat.system + stat.childrenSystem;
  }
  return { user: user * US_PER_TICK, system: system * US_PER_TICK };
}

/** The CPU time once it stops growing (closing connections takes CPU time, too), or after `looksMax` looks, 30 ms apart. */
export const settledCpuTime = (pid: number, looksMax = PATIENCE.looksMax): Promise<CpuTime> =>
  settled(
    () => cpuTime(pid),
    (last, now) => now.user + now.system === last.user + last.system,
    { ...PATIENCE, looksMax },
  );

export const cpuBetween = (before: CpuTime, after: CpuTime): CpuTime => ({
  user: after.user - before.user,
  system: after.system - before.system,
});

export function memoryUse(pid: number): MemoryUse {
  let rss = 0;
  let pss = 0;
  for (const member of processTree(pid).keys()) {
    const use = parseSmapsRollup(read(`/proc/${member}/smaps_rollup`));
    rss += use?.rss ?? 0;
    pss += use?.pss ?? 0;
  }
  return { rss, pss };
}

function byThread(pid: number, file: string, parse: (text: string) => number | undefined): ByThread {
  const counts = new Map<string, number>();
  for (const member of processTree(pid).keys()) {
    for (const thread of list(`/proc/${member}/task`)) {
      const count = parse(read(`/proc/${member}/task/${thread}/${file}`));
      if (count !== undefined) counts.set(thread, count);
    }
  }
  return counts;
}

export const contextSwitches = (pid: number): ByThread => byThread(pid, 'status', parseSwitches);

/** CPU time in µs, to the nanosecond and not to the tick: for what takes little. Empty where the kernel does not tell. */
export const runTimes = (pid: number): ByThread => byThread(pid, 'schedstat', parseRunTime);

/** Undefined when a thread has ended, since its count is lost. */
export function growthBetween(before: ByThread, after: ByThread): number | undefined {
  let sum = 0;
  for (const thread of before.keys()) if (!after.has(thread)) return undefined;
  for (const [thread, count] of after) sum += count - (before.get(thread) ?? 0);
  return sum;
}
