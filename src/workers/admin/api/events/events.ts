// Events as they happen, over an answer that goes on (server-sent events): GET /api/v1/events. A viewer that does not read is given
// up, and so is one more than there may be.
import type { Context, Hono } from 'hono';
import { Type } from 'typebox';
import { LEVELS, type Level } from '../../../../threads/log.js';
import type { Streamed } from '../../endpoint/endpoint.js';
import { fields, oneOf } from '../../endpoint/schemas.js';
import { checkedQuery } from '../../endpoint/serve.js';
import type { Feed, Wants } from '../../feed/feed.js';
import { KINDS, type Kind, SILENCE, textOf } from './texts.js';

/** What may wait for a viewer: some seconds of everything. */
const WAITING_BYTES_MAX = 256 * 1024;
/** A viewer to whom nothing was told for so many seconds gets an empty line. */
const SILENT_TICKS = 15;
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
  summary: 'What happens, as it happens: traffic, connections, lines and the log',
  query: Query,
  mediaType: 'text/event-stream',
  answer:
    'Server-sent events, once a second; docs/admin.md tells what is in them. The answer goes on until one side ends it',
};

export function serveEvents(app: Hono, feed: Feed): void {
  app.get(EVENTS.path, (context) => {
    const asked = askedOf(context);
    if ('problems' in asked) return context.json({ error: asked.problems.join('; ') }, 400);
    const stream = streamOf(feed, asked);
    if (stream === undefined) {
      return context.json({ error: 'too many viewers follow the events already: end another one' }, 503);
    }
    context.header('Content-Type', 'text/event-stream');
    context.header('Cache-Control', 'no-store');
    // A proxy in between must not gather them.
    context.header('X-Accel-Buffering', 'no');
    return context.body(stream);
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
function streamOf(feed: Feed, { kinds, level }: Asked): ReadableStream<Uint8Array> | undefined {
  const wants: Wants = {
    connections: kinds.has('connections'),
    lines: kinds.has('lines'),
    log: kinds.has('log') ? level : undefined,
  };
  const encoder = new TextEncoder();
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  let silent = 0;
  const end = feed.subscribe(wants, (tick) => {
    if (controller === undefined) return;
    if ((controller.desiredSize ?? 0) <= 0) {
      end?.();
      controller.error(new Error('the viewer does not read'));
      return;
    }
    const text = textOf(tick, kinds);
    silent = text === '' ? silent + 1 : 0;
    if (text !== '') controller.enqueue(encoder.encode(text));
    else if (silent % SILENT_TICKS === 0) controller.enqueue(encoder.encode(SILENCE));
  });
  if (end === undefined) return undefined;
  return new ReadableStream<Uint8Array>(
    {
      start(own) {
        controller = own;
        // The answer begins at once.
        own.enqueue(encoder.encode('retry: 2000\n\n'));
      },
      cancel: () => end(),
    },
    new ByteLengthQueuingStrategy({ highWaterMark: WAITING_BYTES_MAX }),
  );
}
