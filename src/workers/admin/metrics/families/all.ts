// All families of this gateway, in the order of the exposition.
import { CONNECTIONS } from './connections.js';
import type { OurFamily } from './family.js';
import { LINES } from './lines.js';
import { NAMES } from './names.js';
import { PROGRAM } from './program.js';
import { SHARE } from './share.js';
import { UDP } from './udp.js';

export const FAMILIES: readonly OurFamily[] = [...PROGRAM, ...CONNECTIONS, ...UDP, ...LINES, ...NAMES, ...SHARE];
