// Keeps new clients from a listening TCP socket that is about to be closed, while those that are connected are accepted. Without
// it the kernel would reset a client that comes between the last accept and the close. One that is kept away sends its SYN again
// a second later, and is refused or comes to another socket.
import { attachFilter, type Instruction, JUMP_IF_SET, LOAD_OCTET, NOTHING, RETURN, WHOLE } from './packet-filter.js';

const FLAGS_OCTET = 13;
const SYN = 2;

/** It begins at the TCP header. */
const PROGRAM: readonly Instruction[] = [
  { code: LOAD_OCTET, value: FLAGS_OCTET },
  { code: JUMP_IF_SET, otherwise: 1, value: SYN },
  { code: RETURN, value: NOTHING },
  { code: RETURN, value: WHOLE },
];

/** Returns 0, or a negated errno. Sockets that are accepted from now on have the filter, too, and no use for a SYN. */
export function dropSyns(fd: number): number {
  return attachFilter(fd, PROGRAM);
}
