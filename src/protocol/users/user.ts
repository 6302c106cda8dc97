// Who a client is, once it has shown that it may say so. Types only.

export interface User {
  /** The configured name. */
  readonly name: string;
  /** What the client wrote behind the name and a `+`; undefined for none. It chooses a memory of its own, and no rights. */
  readonly tag: string | undefined;
}
