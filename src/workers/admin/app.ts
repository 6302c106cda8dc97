// All that the admin actor answers, to whoever may ask (guard/): joins the rooms. Each room is a list of endpoints or an app of its own.
import { Hono } from 'hono';
import { ENDPOINTS } from './api/endpoints.js';
import { serveEvents } from './api/events/events.js';
import { serveSnapshot } from './api/routes/snapshot.js';
import { serveClash } from './clash/clash.js';
import { missing } from './endpoint/missing.js';
import { serveEndpoints } from './endpoint/serve.js';
import { Feed } from './feed/feed.js';
import { serveHealth } from './health/health.js';
import { serveMetrics } from './metrics/metrics.js';
import { Gathering } from './metrics/readings/gather.js';
import { servePac } from './pac/pac.js';
import type { PageFiles } from './page/files.js';
import { servePage } from './page/page.js';
import type { AdminParts } from './shared/parts.js';

interface Beside {
  /** The files of the dashboard; where there are none, it is not served. */
  readonly page?: PageFiles;
  /** Of all that follow what happens. */
  readonly feed?: Feed;
  /** Hears of what a request should not have brought about. */
  readonly failed?: (error: Error, path: string) => void;
}

export function makeApp(parts: AdminParts, { page = new Map(), feed = new Feed(parts), failed }: Beside = {}): Hono {
  const app = new Hono();
  serveHealth(app, parts);
  servePac(app, parts);
  // Before what is asked of one destination.
  serveSnapshot(app, parts);
  serveEndpoints(app, ENDPOINTS, parts);
  serveEvents(app, feed);
  serveClash(app, parts, feed);
  servePage(app, page);
  const gathering = new Gathering(parts);
  serveMetrics(app, () => gathering.gather());
  app.notFound((context) => missing(context, ENDPOINTS));
  app.onError((error, context) => {
    failed?.(error, context.req.path);
    return context.json({ error: `the gateway failed: ${error.message}` }, 500);
  });
  return app;
}
