// Events as they happen, over an answer that goes on (server-sent events): GET /api/v1/events. A viewer that does not read is given
// up, and so is one more than there may be.
import type { Context, Hono } from 'hono';
import { Type } from 'typebox';
import { LEVELS, type Level } from '../../../../threads/log.js';
import type { Streamed } from '../../endpoint/endpoint.js';
import { fields, oneOf } from '../../endpoint/schemas.js';
import { checkedQuery } from '../../endpoint/serve.js';
import type { Feed, Wants } from '../../feed/feed.js';
import { lasting } from '../../shared/lasting.js';
import { KINDS, type Kind, SILENCE, textOf } from './texts.js';

/** What may wait for a viewer: some seconds of everything. */
const WAITING_BYTES_MAX = 256 * 1024;
/** A viewer to whom nothing was told for so many seconds gets an empty line. */
const SILENT_TICKS = 15;
const HEADERS = {
  'Content-Type': 'text/event-stream',
  'Cache-Control': 'no-store',
  // A proxy in between must not gather them.
  'X-Accel-Buffering': 'no',
};
const LOG_LEVELS = LEVELS.filter((level): level is Level => level !== 'silent');

const Query = fields({
  kinds: Type.Optional(
    Type.String({ maxLength: 100, description: `Some of ${KINDS.join(', ')}, with commas between; all without it` }),
  ),
  log_level: Type.Optional(
    oneOf(LOG_LEVELS, 'Lines of the log of this level or above; all that are logged without it'),
  ),
});

export const EVENTS: Streamed = {
  path: '/api/v1/events',
  summary: 'What happens, as it happens: traffic, connections, flows, lines and the log',
  query: Query,
  mediaType: 'text/event-stream',
  answer:
    'Server-sent events, once a second; docs/admin.md tells what is in them. The answer goes on until one side ends it',
};

export function serveEvents(app: Hono, feed: Feed): void {
  app.get(EVENTS.path, (context) => {
    const asked = askedOf(context);
    if ('problems' in asked) return context.json({ error: asked.problems.join('; ') }, 400);
    return (
      streamOf(context, feed, asked) ??
      context.json({ error: 'too many viewers follow the events already: end another one' }, 503)
    );
  });
}

interface Asked {
  readonly kinds: ReadonlySet<Kind>;
  readonly level: Level;
}

function askedOf(context: Context): Asked | { readonly problems: readonly string[] } {
  const query = checkedQuery(context, Query);
  if (query.code === 'wrong') return query;
  const { kinds: list, log_level: level = 'trace' } = query.value;
  const names = list === undefined ? KINDS : list.split(',');
  const kinds = KINDS.filter((kind) => names.includes(kind));
  if (names.every((name) => KINDS.some((kind) => kind === name))) return { kinds: new Set(kinds), level };
  return {
    problems: [
      `query "kinds": ${JSON.stringify(list)} is not allowed; allowed: some of ${KINDS.join(', ')}, with commas between`,
    ],
  };
}

/** Undefined where there are too many viewers. */
function streamOf(context: Context, feed: Feed, { kinds, level }: Asked): Response | undefined {
  const wants: Wants = {
    connections: kinds.has('connections'),
    flows: kinds.has('flows'),
    lines: kinds.has('lines'),
    log: kinds.has('log') ? level : undefined,
  };
  let silent = 0;
  return lasting(context, {
    headers: HEADERS,
    waiting_bytes_max: WAITING_BYTES_MAX,
    // The answer begins at once.
    greeting: 'retry: 2000\n\n',
    begin: (say, giveUp) =>
      feed.subscribe(wants, (tick) => {
        const text = textOf(tick, kinds);
        silent = text === '' ? silent + 1 : 0;
        const said = text !== '' ? text : silent % SILENT_TICKS === 0 ? SILENCE : undefined;
        if (said !== undefined && !say(said)) giveUp('the viewer does not read');
      }),
  });
}
