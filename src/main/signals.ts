// SIGTERM and SIGINT: the first one asks to stop, the second one ends the process at once. SIGUSR2 asks for a report
// (SIGUSR1 is Node's own). What they mean is the gateway's business.
import { constants } from 'node:os';

const SIGNALS = ['SIGTERM', 'SIGINT'] as const;
export type StopSignal = (typeof SIGNALS)[number];

export interface AwaitedSignal extends Promise<StopSignal> {
  /** From now on signals do what they do by default. */
  forget(): void;
}

/** Calls `report` for each SIGUSR2, but for those that come while one is still made. */
export function onReportSignal(report: () => Promise<void>): { forget(): void } {
  let making = false;
  const heard = (): void => {
    if (making) return;
    making = true;
    void report().finally(() => {
      making = false;
    });
  };
  process.on('SIGUSR2', heard);
  return { forget: () => process.off('SIGUSR2', heard) };
}

export function awaitSignal(): AwaitedSignal {
  let first: ((signal: StopSignal) => void) | undefined;
  const heard = (signal: StopSignal): void => {
    // 128 + the number: how shells report an end by a signal.
    if (first === undefined) process.exit(128 + constants.signals[signal]);
    first(signal);
    first = undefined;
  };
  const promise = new Promise<StopSignal>((resolve) => {
    first = resolve;
  });
  for (const signal of SIGNALS) process.on(signal, heard);
  return Object.assign(promise, {
    forget() {
      for (const signal of SIGNALS) process.off(signal, heard);
    },
  });
}
