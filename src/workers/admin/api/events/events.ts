// Events as they happen, over an answer that goes on (server-sent events): GET /api/v1/events. A viewer that does not read is given
// up, and so is one more than there may be.
import type { Context, Hono } from 'hono';
import { LEVELS, type Level } from '../../../../threads/log.js';
import type { Feed, Wants } from '../../feed/feed.js';
import { KINDS, type Kind, SILENCE, textOf } from './texts.js';

export const EVENTS_PATH = '/api/v1/events';
/** What may wait for a viewer: some seconds of everything. */
const WAITING_BYTES_MAX = 256 * 1024;
/** A viewer to whom nothing was told for so many seconds gets an empty line. */
const SILENT_TICKS = 15;
const LOG_LEVELS = LEVELS.filter((level): level is Level => level !== 'silent');

export function serveEvents(app: Hono, feed: Feed): void {
  app.get(EVENTS_PATH, (context) => {
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
  const { kinds: list, log_level: level, ...others } = context.req.query();
  const problems = Object.keys(others).map((name) => `query ${JSON.stringify(name)}: is not known`);
  const names = list === undefined ? KINDS : list.split(',');
  const kinds = KINDS.filter((kind) => names.includes(kind));
  if (names.some((name) => !KINDS.some((kind) => kind === name))) {
    problems.push(`query "kinds": ${JSON.stringify(list)} is not a list of ${KINDS.join(', ')}, with commas between`);
  }
  const known = level === undefined ? 'trace' : LOG_LEVELS.find((one) => one === level);
  if (known === undefined) {
    problems.push(`query "log_level": ${JSON.stringify(level)} is not one of ${LOG_LEVELS.join(', ')}`);
  }
  return known === undefined || problems.length > 0 ? { problems } : { kinds: new Set(kinds), level: known };
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
