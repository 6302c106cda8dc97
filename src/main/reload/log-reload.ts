// Says in the log what came of a reload.
import type { Logger } from '../process/log.js';
import type { Reloaded } from './reloading.js';

/** Returns one sentence that sums it up. */
export function logReload(reloaded: Reloaded, log: Logger): string {
  for (const warning of reloaded.warnings) log.warn(warning);
  if (reloaded.code === 'refused') {
    const message = 'reload: the configuration cannot be used, and nothing has changed';
    log.error({ problems: reloaded.problems }, message);
    return message;
  }
  const { changed, needsRestart: needs_restart } = reloaded;
  const message = changed.length > 0 ? 'reload: the changes are in force' : 'reload: nothing has changed';
  if (needs_restart.length === 0) {
    log.info({ changed }, message);
    return message;
  }
  const late = `${message}, but some need an upgrade or a restart`;
  log.warn({ changed, needs_restart }, late);
  return late;
}
