// Where the log goes, and in which form. Types only.

/** `auto`: words in colour on a terminal, JSON elsewhere. */
export type LogFormat = 'auto' | 'pretty' | 'json';

export interface LogOptions {
  /** `stdout`, `stderr`, or the absolute path of a file. */
  readonly destination: string;
  readonly format: LogFormat;
}
