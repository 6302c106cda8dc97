// The file descriptors that a service manager passes (sd_listen_fds(3)): from 3 on, as many as LISTEN_FDS says, named by
// LISTEN_FDNAMES, for the process that LISTEN_PID names. It looks at none of them.
import { type Failed, failed } from './done.js';

export interface PassedFd {
  readonly fd: number;
  /** By default systemd gives the name of the socket unit; `unknown` where there is none. */
  readonly name: string;
}

export type PassedFds = { readonly code: 'passed'; readonly fds: readonly PassedFd[] } | Failed;

const FIRST = 3;
const VARIABLES = ['LISTEN_PID', 'LISTEN_PIDFDID', 'LISTEN_FDS', 'LISTEN_FDNAMES'];
export const NOTHING_PASSED: PassedFds = { code: 'passed', fds: [] };

/** Takes its variables out of `environment`, so that no child gets them. */
export function takePassedFds(environment: Record<string, string | undefined>): PassedFds {
  const { LISTEN_PID: pid, LISTEN_FDS: count = '0', LISTEN_FDNAMES: names = '' } = environment;
  for (const name of VARIABLES) delete environment[name];
  if (pid !== String(process.pid)) return NOTHING_PASSED;
  if (!/^\d{1,4}$/.test(count))
    return failed(`LISTEN_FDS is ${JSON.stringify(count)}, allowed: a number of descriptors`);
  const named = names.split(':');
  const fds = Array.from({ length: Number(count) }, (_, index) => ({
    fd: FIRST + index,
    name: named[index] || 'unknown',
  }));
  return { code: 'passed', fds };
}
