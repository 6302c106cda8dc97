// Whether io_uring works on this machine: tests of it are skipped where it does not.
import { tryUring } from '../../src/linux/engine/choose.js';

const trial = tryUring();

/** Why it cannot be used; undefined where it can. */
export const withoutUring = trial.code === 'works' ? undefined : trial.reason;
