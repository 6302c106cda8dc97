// Where the log and the access log go, and in which form. Types only.

/** `auto`: words in colour on a terminal, JSON elsewhere. */
export type LogFormat = 'auto' | 'pretty' | 'json';

/** The form of a line of the access log. */
export type AccessForm = 'text' | 'json';

export interface AccessLogOptions {
  readonly enabled: 'on' | 'off';
  /** As that of the log; null: that of the log. */
  readonly destination: string | null;
  /** `auto`: text on a terminal or beside words, JSON elsewhere. */
  readonly format: 'auto' | AccessForm;
}

export interface LogOptions {
  /** `stdout`, `stderr`, or the absolute path of a file. */
  readonly destination: string;
  readonly format: LogFormat;
  readonly access: AccessLogOptions;
}
