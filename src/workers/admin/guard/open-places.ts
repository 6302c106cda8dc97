// What is answered without the token: what says nothing of connections, and whose clients cannot show one.

const PAC_FILES = ['/proxy.pac', '/wpad.dat'];
const OPEN = new Set([
  // The page itself is the same everywhere. What it shows it asks for with the token.
  '/',
  '/favicon.ico',
  // Service managers and load balancers.
  '/healthz',
  '/readyz',
  // Browsers show no token for these. They name the rules' destinations to those that these rules are for.
  ...PAC_FILES,
]);
const OPEN_BELOW = '/dashboard/';

export const isPacFile = (path: string): boolean => PAC_FILES.includes(path);

export const needsToken = (path: string): boolean => !OPEN.has(path) && !path.startsWith(OPEN_BELOW);
