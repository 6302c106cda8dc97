// What tells one kind of supervised actor from another. Types only.
import type { MessagePort } from 'node:worker_threads';
import type { Remote } from '../../threads/port.js';

export interface Role<Control> {
  /** As the log calls it. */
  readonly name: string;
  /** What an actor is started with that serves `control`, and the ports that move to its thread. */
  begin(control: MessagePort): { readonly start: object; readonly ports: MessagePort[] };
  /** Settles once the actor serves; rejects when it never will. */
  ready(control: Remote<Control>): Promise<unknown>;
  /** The actor serves, for the first time or again. Bounded. */
  serving(control: Remote<Control>): Promise<void>;
  /** Resolves with true if the actor's thread has turned since it was last asked. May never settle. */
  turns(control: Remote<Control>): Promise<boolean>;
  /** Asks the actor to end within `timeout_ms`. May never settle. */
  stop(control: Remote<Control>, timeout_ms: number): Promise<unknown>;
  /** The actor has ended. If it died, its thread has ended too. */
  gone(): void;
}
