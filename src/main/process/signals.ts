// What each signal means to a running gateway. The first SIGTERM or SIGINT asks it to stop, the second to end at once. So
// does every signal that ends a process by default, since the kernel would end open connections as if they were complete.
// SIGUSR1 asks for an upgrade, SIGUSR2 for a report, SIGHUP for a reload. How the gateway stops or ends is in run.ts.
//
// Not handled: SIGSEGV and the like, which come from a broken instruction and must end the process; SIGPROF, which V8's
// profiler uses; SIGPIPE and SIGXFSZ, which Node ignores.
import { constants } from 'node:os';

const STOP = ['SIGTERM', 'SIGINT'] as const;
const END = ['SIGQUIT', 'SIGALRM', 'SIGVTALRM', 'SIGXCPU', 'SIGIO', 'SIGPWR', 'SIGSTKFLT'] as const;

export type StopSignal = (typeof STOP)[number];
export type EndSignal = StopSignal | (typeof END)[number];

export interface SignalHandlers {
  stop(signal: StopSignal): void;
  /** `status`: the exit status by which shells report an end by this signal (128 and its number). */
  endAtOnce(signal: EndSignal, status: number): void;
  report(): Promise<void>;
  /** Asks for a reload; not called again before it has resolved, but then once for all that came meanwhile. */
  reload(): Promise<void>;
  /** Asks for an upgrade, also while one is under way. */
  upgrade(): void;
}

/** `npm start` passes on what a terminal has sent to the gateway too: within this time the second one is a copy. */
const COPY_MS = 1000;
const isOfNpmStart = (): boolean => process.env['npm_lifecycle_event'] === 'start';

/** Handles the signals for the rest of the process's life. */
export function onSignals(handlers: SignalHandlers): void {
  let first: StopSignal | undefined;
  let copyUntil = 0;
  const endAtOnce = (signal: EndSignal): void => handlers.endAtOnce(signal, 128 + constants.signals[signal]);
  for (const signal of STOP) {
    take(signal, () => {
      const now = performance.now();
      if (first === undefined) handlers.stop(signal);
      else if (signal === first && now < copyUntil) copyUntil = 0;
      else endAtOnce(signal);
      if (first === undefined && isOfNpmStart()) copyUntil = now + COPY_MS;
      first ??= signal;
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
  let reloads = 0;
  const reloadAll = async (): Promise<void> => {
    for (; reloads > 0; reloads -= 1) {
      reloads = 1;
      await handlers.reload();
    }
  };
  take('SIGHUP', () => {
    reloads += 1;
    if (reloads === 1) void reloadAll();
  });
  // Without a listener Node would open its debugger.
  take('SIGUSR1', () => handlers.upgrade());
}

/** Replaces the handlers of bin/tcproute.js, without a moment in which the signal has no handler. */
function take(signal: NodeJS.Signals, heard: () => void): void {
  const before = process.listeners(signal);
  process.on(signal, heard);
  for (const listener of before) process.off(signal, listener);
}

/** Restores SIGHUP's default for a command, which ends when its terminal does. */
export function hangUpEndsCommand(): void {
  process.removeAllListeners('SIGHUP');
}
