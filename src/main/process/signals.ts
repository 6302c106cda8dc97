// What each signal means to a running gateway. SIGTERM and SIGINT ask it to stop, the second of them to end at once, and
// so does every signal that would end the process by default: the kernel would end open connections as if they were
// whole. SIGUSR2 asks for a report. SIGHUP and SIGUSR1 mean nothing. What stopping is, is run.ts's business.
//
// Not taken over: SIGSEGV and the like, which come from a broken instruction and must end the process; SIGPROF, by which
// V8's profiler works; SIGPIPE and SIGXFSZ, which Node ignores.
import { constants } from 'node:os';

const STOP = ['SIGTERM', 'SIGINT'] as const;
const END = ['SIGQUIT', 'SIGALRM', 'SIGVTALRM', 'SIGXCPU', 'SIGIO', 'SIGPWR', 'SIGSTKFLT'] as const;
const IGNORED = {
  SIGHUP: 'it reads a changed configuration only when it is started again',
  SIGUSR1: "it is not for Node's debugger to open, which clients could reach",
} as const;

export type StopSignal = (typeof STOP)[number];
export type EndSignal = StopSignal | (typeof END)[number];
export type IgnoredSignal = keyof typeof IGNORED;

export interface SignalHandlers {
  stop(signal: StopSignal): void;
  /** `status` is how shells report an end by this signal. */
  endAtOnce(signal: EndSignal, status: number): void;
  report(): Promise<void>;
  ignored(signal: IgnoredSignal, why: string): void;
}

/** For the rest of the process's life. */
export function onSignals(handlers: SignalHandlers): void {
  let stopping = false;
  const endAtOnce = (signal: EndSignal): void => handlers.endAtOnce(signal, 128 + constants.signals[signal]);
  for (const signal of STOP) {
    take(signal, () => {
      if (stopping) endAtOnce(signal);
      else handlers.stop(signal);
      stopping = true;
    });
  }
  for (const signal of END) take(signal, () => endAtOnce(signal));
  let reporting = false;
  take('SIGUSR2', () => {
    if (reporting) return;
    reporting = true;
    void handlers.report().finally(() => {
      reporting = false;
    });
  });
  for (const signal of ['SIGHUP', 'SIGUSR1'] as const) take(signal, () => handlers.ignored(signal, IGNORED[signal]));
}

/** In place of what bin/tcproute.js does by it, and without a moment in which nobody listens. */
function take(signal: NodeJS.Signals, heard: () => void): void {
  const before = process.listeners(signal);
  process.on(signal, heard);
  for (const listener of before) process.off(signal, listener);
}

/** A command ends with its terminal, as others do. */
export function hangUpEndsCommand(): void {
  process.removeAllListeners('SIGHUP');
}
