// GET /metrics, for Prometheus and whoever reads its formats.
import type { Hono } from 'hono';
import { formFor } from './exposition/form.js';
import type { Readings } from './readings/readings.js';
import { Scrapes } from './scrapes.js';

export function serveMetrics(app: Hono, gather: () => Promise<Readings>): void {
  const scrapes = new Scrapes(gather);
  app.get('/metrics', async (context) => {
    const { contentType, text } = await scrapes.of(formFor(context.req.header('accept')));
    return context.body(text, 200, { 'content-type': contentType, 'cache-control': 'no-store' });
  });
}
