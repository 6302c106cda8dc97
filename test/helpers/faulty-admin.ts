// An admin actor that goes wrong on a test's order: this entry of the actor's thread replaces the real one and runs it.
import type { AdminStart } from '../../src/threads/contracts/start.js';
import { run as serve } from '../../src/workers/admin/actor.js';
import { type Fault, Faults } from './faults.js';

export const FAULTY_ADMIN = new URL('./faulty-admin.js', import.meta.url);
const faults = new Faults('admin actor');

/** Called in the thread of the test. */
export const adminGoesWrong = (fault: Fault): void => faults.order(fault);

export const run = (start: AdminStart): Promise<void> => faults.during(() => serve(start));
