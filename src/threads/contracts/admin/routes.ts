// What the admin actor asks of the route actor. Types only.

/** Served by the route actor, called by the admin actor. */
export interface RoutesAdmin {
  /** Destinations that are remembered now. */
  size(): Promise<number>;
}
