// What sharing is worth and what it costs in a site of gateways, in virtual time: the rules of protocol/share and of the share actor
// with clients by chance, the same in each run.
// Usage: node dist/bench/fleet/main.js [GATEWAYS…]
import { simulated } from './simulated.js';

/** Each of these takes seconds; the last one a minute, and 100 MiB. */
const SIZES = [1, 2, 5, 10, 100, 1000];

const asked = process.argv.slice(2).map(Number);
const wrong = asked.find((size) => !Number.isSafeInteger(size) || size < 1);
if (wrong === undefined) console.log(simulated(asked.length === 0 ? SIZES : asked));
else {
  console.error('Usage: npm run bench:fleet -- [GATEWAYS…], each a number of gateways');
  process.exitCode = 1;
}
