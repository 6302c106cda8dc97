// A TLS actor that goes wrong on a test's order: this entry of the actor's thread replaces the real one and runs it.
import type { TlsStart } from '../../src/threads/contracts/start.js';
import { run as serve } from '../../src/workers/tls/actor.js';
import { type Fault, Faults } from './faults.js';

export const FAULTY_TLS = new URL('./faulty-tls.js', import.meta.url);
const faults = new Faults('TLS actor');

/** Called in the thread of the test. */
export const tlsGoesWrong = (fault: Fault): void => faults.order(fault);

export const run = (start: TlsStart): Promise<void> => faults.during(() => serve(start));
