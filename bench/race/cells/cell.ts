// A cell of the matrix: its conditions, and the outcomes of its requests. Types only.
import type { Fault } from '../field/faults.js';
import type { Sample } from './sample.js';

/**
 * first: the first request for its destination. remembered: the second one, with the same faults.
 * died: the winner was remembered without any fault, and this is the first request after it got one.
 */
export const STATES = ['first', 'remembered', 'died'] as const;
export type State = (typeof STATES)[number];

/** hello: a ClientHello as bytes. client: Node's TLS client. other: an echo and a server that speaks first, in turn. */
export type Speech = 'hello' | 'client' | 'other';

export interface Cell {
  readonly subject: string;
  readonly topology: string;
  /** The number of ways, and of those with the fault, which the usual winner gets first. */
  readonly ways: number;
  readonly bad: number;
  /** Undefined in a clean run. */
  readonly fault: Fault | undefined;
  readonly state: State;
  readonly speech: Speech;
  /** In state `died`: the share of destinations whose winner really was a way that got the fault. */
  readonly struck: number | undefined;
  readonly sample: Sample;
  /** Dials that reached the ways, for each request; dials that end in the kernel are not counted. */
  readonly dials: number;
}
