// All that is remembered as a file in the form of the state file, from which another gateway may start (`cache.start_from`). It is
// asked for piece by piece, as fast as the client reads.
import type { Hono } from 'hono';
import { SNAPSHOT_PATH } from '../../../../protocol/routes/start-place.js';
import type { Streamed } from '../../endpoint/endpoint.js';
import { told } from '../../endpoint/told.js';
import type { AdminParts } from '../../shared/parts.js';
import { ROUTE_ACTOR } from './routes.js';

export const SNAPSHOT: Streamed = {
  path: SNAPSHOT_PATH,
  summary: 'All that is remembered of destinations, as a file from which another gateway may start',
  mediaType: 'application/octet-stream',
  answer: 'In the form of the state file. One that ends without its last line is not whole',
};

const HEADERS = {
  'Content-Type': 'application/octet-stream',
  'Content-Disposition': 'attachment; filename="tcproute.routes"',
};

/** A piece that does not come: the file ends without its last line, so that it cannot be taken for a whole one. */
const CUT = new Error('the route actor has given up the snapshot');

export function serveSnapshot(app: Hono, { routes }: Pick<AdminParts, 'routes'>): void {
  app.get(SNAPSHOT.path, async (context) => {
    // HEAD would begin one that nobody reads.
    if (context.req.method === 'HEAD') return context.body(null, 200, HEADERS);
    const actor = routes();
    const begun = await told(ROUTE_ACTOR, actor?.beginSnapshot());
    if (begun.code !== 'told') return context.json({ error: begun.error }, begun.status);
    const number = begun.value;
    if (actor === undefined || number === undefined)
      return context.json({ error: 'other snapshots are being read: try again in a moment' }, 503);
    const body = new ReadableStream<Uint8Array>({
      async pull(controller) {
        const piece = await told(ROUTE_ACTOR, actor.snapshotPiece(number));
        if (piece.code !== 'told' || piece.value.code === 'given-up') controller.error(CUT);
        else if (piece.value.code === 'end') controller.close();
        else controller.enqueue(Buffer.from(piece.value.text));
      },
      async cancel() {
        await told(ROUTE_ACTOR, actor.endSnapshot(number));
      },
    });
    return context.body(body, 200, HEADERS);
  });
}
