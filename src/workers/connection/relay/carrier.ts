// A relay as those see it that look at the sessions over a dead line.

export interface Carrier {
  /** The socket to the destination, or to the line's first proxy; undefined once it has ended. */
  readonly destination: { readonly fd: number } | undefined;
  /** Resets both sides, because the line is dead. */
  cut(): void;
}
