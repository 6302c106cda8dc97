// Debian's Prometheus, with its promtool. A test that needs it is skipped where it is not installed.
import { spawnSync } from 'node:child_process';

/** Why neither can be used here; undefined if both can. */
export function whyNoPrometheus(): string | undefined {
  const missing = ['prometheus', 'promtool'].filter((program) => spawnSync('which', [program]).status !== 0);
  return missing.length === 0 ? undefined : 'prometheus not installed: apt-get install prometheus';
}
