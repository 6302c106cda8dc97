// What the admin actor asks of main, which knows the process and its listeners. Types only.

/** Served by main, called by the admin actor. */
export interface GatewayAdmin {
  /** The version of the program. */
  version(): Promise<string>;
  /** Reads the configuration again, as `tcproute reload` does. */
  reload(): Promise<object>;
}
