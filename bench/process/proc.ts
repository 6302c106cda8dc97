// Parses what Linux says of a process under /proc. Pure; cost.ts reads the files.

/** One process with all its threads, ended ones too. Times in clock ticks. */
export interface ProcessStat {
  readonly parent: number;
  readonly user: number;
  readonly system: number;
  /** Times of children that have ended and been waited for. */
  readonly childrenUser: number;
  readonly childrenSystem: number;
}

/** Parses /proc/PID/stat (proc(5)); undefined when the text is none. The name may contain spaces and parentheses. */
export function parseStat(text: string): ProcessStat | undefined {
  const end = text.lastIndexOf(')');
  if (end < 0) return undefined;
  // The state, which is field 3, has index 0 here.
  const fields = text.slice(end + 2).split(' ');
  const numbers = [1, 11, 12, 13, 14].map((index) => Number(fields[index]));
  if (numbers.some((number) => !Number.isInteger(number))) return undefined;
  const [parent, user, system, childrenUser, childrenSystem] = numbers;
  return { parent, user, system, childrenUser, childrenSystem };
}

/** In KiB. */
export interface MemoryUse {
  /** Resident pages, shared ones in full. */
  readonly rss: number;
  /** Resident pages, shared ones divided by the number of processes that share them. */
  readonly pss: number;
}

/** Parses /proc/PID/smaps_rollup; undefined when the text is none (that of a process that is ending is empty). */
export function parseSmapsRollup(text: string): MemoryUse | undefined {
  const rss = /^Rss:\s+(\d+) kB$/m.exec(text);
  const pss = /^Pss:\s+(\d+) kB$/m.exec(text);
  return rss === null || pss === null ? undefined : { rss: Number(rss[1]), pss: Number(pss[1]) };
}

/** Time that one thread has run, in µs, from /proc/PID/task/TID/schedstat; undefined when the text is none. */
export function parseRunTime(text: string): number | undefined {
  const found = /^(\d+) \d+ \d+$/m.exec(text);
  return found === null ? undefined : Number(found[1]) / 1000;
}

/** Voluntary and involuntary switches of one thread, from /proc/PID/task/TID/status; undefined when the text is none. */
export function parseSwitches(text: string): number | undefined {
  const voluntary = /^voluntary_ctxt_switches:\s+(\d+)$/m.exec(text);
  const involuntary = /^nonvoluntary_ctxt_switches:\s+(\d+)$/m.exec(text);
  return voluntary === null || involuntary === null ? undefined : Number(voluntary[1]) + Number(involuntary[1]);
}
