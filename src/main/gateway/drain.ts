// The end of a process whose place another one has taken: with its last connection, or earlier where there are too many such
// processes, or where the one that serves is stopped.
import type { Logger } from '../process/log.js';
import type { Predecessor } from '../upgrade/predecessor.js';
import type { Successor } from '../upgrade/successor.js';
import type { Gateway } from './running.js';

/** Processes that drain beside the one that serves: each holds some 50 MiB at least. */
export const DRAINING_MAX = 32;

export interface Drained {
  readonly gateway: Pick<Gateway, 'close' | 'hasten' | 'passUses'>;
  readonly upgrade_drain_timeout_ms: number;
  /** In place of it where the end is to come earlier. */
  readonly drain_timeout_ms: number;
  readonly successor: Pick<Successor, 'giveAll' | 'follow' | 'carried'>;
  /** The process that this one has taken over from; it may have ended. */
  readonly predecessor: Pick<Predecessor, 'stop' | 'age' | 'gone'> | undefined;
  readonly log: Logger;
  /** Resolves when a signal asks this process to stop. */
  readonly stopped: Promise<unknown>;
  readonly reopen: () => void;
}

/** Resolves when all connections have ended, and the process before this one has: what is said to it comes by this one. */
export async function drain(drained: Drained): Promise<void> {
  const { gateway, successor, predecessor, log, reopen } = drained;
  successor.giveAll();
  gateway.passUses((uses) => successor.carried(uses));
  const hasten = (why: string): void => {
    log.info({ why, within_ms: drained.drain_timeout_ms }, 'connections that are open end soon');
    gateway.hasten(drained.drain_timeout_ms);
  };
  const stop = (): void => {
    hasten('the gateway stops');
    predecessor?.stop();
  };
  const age = (processes: number): void => {
    predecessor?.age(processes + 1);
    if (processes === DRAINING_MAX) hasten(`${processes} other processes drain`);
  };
  age(0);
  successor.follow({ stop, reopen, age });
  void drained.stopped.then(stop);
  const ended = await gateway.close(drained.upgrade_drain_timeout_ms);
  await predecessor?.gone;
  log.info(ended, 'stopped');
}
