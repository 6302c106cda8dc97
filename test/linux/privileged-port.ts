// A process that gives up root and says what listening on port 1 is then (sockets.test.ts).
import { errorName } from '../../src/linux/error-name.js';
import { listenOn } from '../../src/linux/sockets.js';
import { IPV4 } from './peers.js';

const NOBODY = 65534;

if (process.getuid?.() === 0) process.setuid?.(NOBODY);
console.log(errorName(listenOn(IPV4, 1, 1, 0)));
