// Asks a program for its version. Programs answer on either stream, and with any status.
import { spawnSync } from 'node:child_process';

const TIMEOUT_MS = 5000;

/** What `pattern`'s first group finds in the answer; 'unknown' when nothing. */
export function versionOf(path: string, argument: string, pattern: RegExp): string {
  const { stdout, stderr } = spawnSync(path, [argument], {
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
    timeout: TIMEOUT_MS,
  });
  return pattern.exec(`${stdout}\n${stderr}`)?.[1] ?? 'unknown';
}
