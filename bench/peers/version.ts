// Asks a program for its version. Programs answer on either stream, and with any status.
import { spawnSync } from 'node:child_process';

const TIMEOUT_MS = 5000;

/** Returns the first group of `pattern` in the answer; 'unknown' when the pattern does not match. */
export function versionOf(path: string, argument: string, pattern: RegExp): string {
  const { stdout, stderr } = spawnSync(path, [argument], {
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
    timeout: TIMEOUT_MS,
  });
  return pattern.exec(`${stdout}\n${stderr}`)?.[1] ?? 'unknown';
}
