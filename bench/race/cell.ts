// A cell of the matrix: under which conditions, and what came of its requests. Types only.
import type { Fault } from './faults.js';
import type { Sample } from './sample.js';

/**
 * first: nobody has asked for the destination before. remembered: it was asked for once, with the same faults.
 * died: the winner was remembered without any fault, and this is the first request since it has one.
 */
export const STATES = ['first', 'remembered', 'died'] as const;
export type State = (typeof STATES)[number];

/** hello: a ClientHello as bytes. client: Node's TLS client. other: an echo and a server that speaks first, in turn. */
export type Speech = 'hello' | 'client' | 'other';

export interface Cell {
  readonly subject: string;
  readonly topology: string;
  /** Ways altogether, and those that have the fault, the usual winner first. */
  readonly ways: number;
  readonly bad: number;
  /** Undefined in a clean run. */
  readonly fault: Fault | undefined;
  readonly state: State;
  readonly speech: Speech;
  /** Of a winner that died: the share of destinations for which it really was the winner. */
  readonly struck: number | undefined;
  readonly sample: Sample;
  /** Dials that reached the ways, for each request; those that end in the kernel are missing. */
  readonly dials: number;
}
