// Where the gateway lets itself be looked at and commanded by HTTP. The meaning, range and default of each key are in
// main/config/checks/admin/ (docs/config.md). Types only.
import type { ListenPlace } from './listen-options.js';

export interface AdminOptions {
  /** Null: nowhere. */
  readonly listen: ListenPlace | null;
  /** Null: whoever reaches the place may do everything. */
  readonly token_file: AdminToken | null;
  /** Networks that clients may come from; null for all. Clients of a Unix socket may always come. */
  readonly allow: readonly string[] | null;
  /** Names that a request may have as its host, beside addresses and `localhost`. */
  readonly hosts: readonly string[];
  /** Origins of pages of other places that may ask, such as `https://metacubex.github.io`. */
  readonly origins: readonly string[];
  /** The URL of a collector of traces, which speaks OTLP/HTTP; null for none. */
  readonly traces_endpoint: string | null;
  /** Of so many connections in a hundred that end a trace is made. */
  readonly traces_percent: number;
}

export interface AdminToken {
  /** As it is written. */
  readonly path: string;
  /** The text of the file. */
  readonly token: string;
}
