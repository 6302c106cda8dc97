// Says in the log what came of an upgrade.
import type { Logger } from '../process/log.js';
import type { Upgraded } from './upgrading.js';

export function logUpgrade(upgraded: Upgraded, log: Logger): void {
  if (upgraded.code === 'refused') {
    log.error({ problems: upgraded.problems }, 'upgrade: no other process takes over, and nothing has changed');
    return;
  }
  const { pid, from, to } = upgraded;
  log.info({ pid, from, to }, `upgrade: process ${pid} has taken over; this one ends with its last connection`);
}
