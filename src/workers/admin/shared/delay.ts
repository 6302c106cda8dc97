// Measures one dial of a target over one line, by a connection actor. A page at `http://` is asked for its head, so that the time
// until the first byte is known, too: some lines say "connected" before they are.
import { formatEndpoint } from '../../../protocol/address/address.js';
import { type Target, targetOfName, targetOfText } from '../../../protocol/address/target.js';
import type { Line } from '../../../protocol/lines/line.js';
import type { Dialled } from '../../../threads/contracts/admin/dial.js';
import { type Within, within } from '../../../threads/within.js';
import type { AdminParts } from './parts.js';

/** Above the time of the dial itself. */
const GRACE_MS = 1000;
const PATH_MAX = 2000;

export interface Wanted {
  readonly target: Target;
  readonly say: Uint8Array | undefined;
}

/** `host:port`, or a URL of HTTP or HTTPS; undefined for a text that is neither. Of HTTPS the connection alone is measured. */
export function wantedOf(text: string): Wanted | undefined {
  if (!/^https?:\/\//i.test(text)) {
    const target = targetOfText(text, 443);
    return target && { target, say: undefined };
  }
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || url.username !== '' || url.password !== '') return undefined;
  const isPlain = url.protocol === 'http:';
  const port = url.port === '' ? (isPlain ? 80 : 443) : Number(url.port);
  const target = targetOfName(url.hostname, port);
  const path = `${url.pathname}${url.search}`;
  if (target === undefined || port === 0 || path.length > PATH_MAX) return undefined;
  return { target, say: isPlain ? headOf(url.host, path) : undefined };
}

const headOf = (host: string, path: string): Uint8Array =>
  Buffer.from(
    `HEAD ${path} HTTP/1.1\r\nHost: ${host}\r\nUser-Agent: tcproute\r\nAccept: */*\r\nConnection: close\r\n\r\n`,
  );

export type Delay = Within<Dialled> | { readonly code: 'nobody' };

/** `nobody`: no connection actor serves at this moment. */
export async function delay(
  { connections }: Pick<AdminParts, 'connections'>,
  { number: line }: Pick<Line, 'number'>,
  { target, say }: Wanted,
  timeout_ms: number,
): Promise<Delay> {
  const [actor] = connections().values();
  if (actor === undefined) return { code: 'nobody' };
  const dialled = actor.dial({ line, target, say, timeout_ms }) as Promise<Dialled>;
  return within(timeout_ms + GRACE_MS, dialled);
}

/** How a target is written in an answer. */
export const targetText = ({ asked, port }: Target): string => formatEndpoint(asked, port);
