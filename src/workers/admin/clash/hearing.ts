// Which stream somebody asks for by a path and a query, for answers that go on and for WebSockets.
import type { Feed } from '../feed/feed.js';
import type { ClashParts } from './connections.js';
import { connectionsNow } from './connections.js';
import { intervalOf, levelOf, logLines, memory, repeated, type Stream, traffic } from './streams.js';

export type Heard =
  | { readonly code: 'stream'; readonly stream: Stream }
  /** `message`: a sentence. */
  | { readonly code: 'refused'; readonly status: 400 | 404; readonly message: string };

const NOTHING: Stream = () => () => {};

export function hearing(
  path: string,
  query: (name: string) => string | undefined,
  parts: ClashParts,
  feed: Pick<Feed, 'subscribe'>,
): Heard {
  switch (path) {
    case '/traffic':
      return stream(traffic(feed));
    case '/memory':
      return stream(memory());
    case '/connections':
      return stream(repeated(intervalOf(query('interval')), () => connectionsNow(parts)));
    case '/logs': {
      const level = levelOf(query('level'));
      if (level === undefined) {
        return { code: 'refused', status: 400, message: 'level must be debug, info, warning, error or silent' };
      }
      return stream(level === null ? NOTHING : logLines(feed, level, query('format') === 'structured'));
    }
    default:
      return { code: 'refused', status: 404, message: 'Resource not found' };
  }
}

const stream = (of: Stream): Heard => ({ code: 'stream', stream: of });
