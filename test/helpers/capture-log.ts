// A logger whose records a test can read.
import { createLogger, type Logger } from '../../src/main/process/log.js';

export interface Record {
  readonly level: string;
  readonly msg: string;
  readonly [field: string]: unknown;
}

export function captureLog(level: 'debug' | 'info' | 'warn' = 'info'): { log: Logger; records: Record[] } {
  const records: Record[] = [];
  const log = createLogger(level, { write: (line) => records.push(JSON.parse(line) as Record) });
  return { log, records };
}
