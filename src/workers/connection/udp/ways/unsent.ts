// Under which cause datagrams are dropped that the kernel has not taken.
import { errorName } from '../../../../linux/error-name.js';
import type { Drop } from '../../../../protocol/udp/drop.js';

const CAUSES: Readonly<Record<string, Drop>> = { EAGAIN: 'no-room', ENOBUFS: 'no-room', EMSGSIZE: 'too-long' };

/** `error`: a negated errno. */
export const dropOfUnsent = (error: number): Drop => CAUSES[errorName(error)] ?? 'unsent';
