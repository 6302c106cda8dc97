// Checks the log level: our names in any letter case, and those of Python's logging, which TcpRoute used. It sets no level.
import type { LogLevel } from '../../../../protocol/options.js';
import type { Check } from './setting.js';

const LOG_LEVELS: readonly LogLevel[] = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];
/** Python's names that differ from ours. @public also for the reference, scripts/config-reference.mjs */
export const PYTHON_LEVELS: Readonly<Record<string, LogLevel>> = {
  notset: 'trace',
  warning: 'warn',
  critical: 'fatal',
};
export const LOG_LEVEL_ALLOWED = `${LOG_LEVELS.join(', ')} (also NOTSET, WARNING, CRITICAL; in any letter case)`;

export const checkLogLevel: Check<LogLevel> = (value, place, diagnostics) => {
  const word = typeof value === 'string' ? value.toLowerCase() : '';
  if (word === 'indo') {
    diagnostics.warn(place, '"INDO", the misspelling in the sample configuration of TcpRoute, is read as "info"');
    return 'info';
  }
  const level =
    LOG_LEVELS.find((one) => one === word) ?? (Object.hasOwn(PYTHON_LEVELS, word) ? PYTHON_LEVELS[word] : undefined);
  if (level === undefined) diagnostics.reject(place, value, LOG_LEVEL_ALLOWED);
  return level;
};
