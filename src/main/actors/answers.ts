// Asks an actor for a sign of life, which wakes its thread.
import type { Remote } from '../../threads/port.js';

/** An actor that serves a port answers a request for a property, even for one that does not exist. May never settle. */
export async function answers(control: object): Promise<true> {
  await (control as Remote<{ readonly turning: undefined }>).turning;
  return true;
}
