// What differs between the kinds of actors that host.ts keeps alive. Types only.
import type { MessagePort } from 'node:worker_threads';
import type { Remote } from '../../threads/port.js';
import type { ActorKind } from '../../threads/shared/gateway-counts.js';

export interface Role<Control> {
  readonly kind: ActorKind;
  /** The actor's name in the log. */
  readonly name: string;
  /** The start data of an actor that serves `Control` on `control`, and the ports in it, which move to its thread. */
  begin(control: MessagePort): { readonly start: object; readonly ports: MessagePort[] };
  /** Resolves once the actor serves; rejects when it never will. */
  ready(control: Remote<Control>): Promise<unknown>;
  /** Called when the actor serves, after each start. The returned promise settles within a bounded time. */
  serving(control: Remote<Control>): Promise<void>;
  /** Resolves with whether the actor's thread has shown a sign of life since the last call. May never settle. */
  turns(control: Remote<Control>): Promise<boolean>;
  /** A number that changes with each turn of the actor's thread, read in shared memory. */
  beat(): number;
  /** How late the thread was lately, in ms; undefined if nothing new is known. Absent for a thread that counts its turns. */
  late?(): number | undefined;
  /** Asks the actor to end within `timeout_ms`. May never settle. */
  stop(control: Remote<Control>, timeout_ms: number): Promise<unknown>;
  /** Called when the actor has ended. If it died, its thread has ended too. */
  gone(): void;
}
