// Judges a request as Node has it: one that wants the connection to become another one's, such as a WebSocket, of which no answer of
// hono comes, and one that is judged again while its answer goes on.
import type { IncomingMessage } from 'node:http';
import { type Guarding, type Judged, judge } from './judge.js';

export interface Upgrade {
  readonly judged: Judged;
  readonly path: string;
  readonly query: (name: string) => string | undefined;
}

/** Undefined for a request whose address cannot be read. */
export function judgeUpgrade(
  { method = '', url = '', headers, socket }: IncomingMessage,
  options: Guarding,
): Upgrade | undefined {
  if (!url.startsWith('/') || !URL.canParse(`http://gateway${url}`)) return undefined;
  const { pathname: path, searchParams } = new URL(`http://gateway${url}`);
  const query = (name: string): string | undefined => searchParams.get(name) ?? undefined;
  const header = (name: string): string | undefined => {
    const value = headers[name];
    return typeof value === 'string' ? value : undefined;
  };
  const judged = judge({ address: socket.remoteAddress, method, path, token: query('token'), header }, options);
  return { judged, path, query };
}

/** Whether a request that was admitted still would be. */
export const mayGoOn = (request: IncomingMessage, options: Guarding): boolean =>
  judgeUpgrade(request, options)?.judged.code === 'admitted';
