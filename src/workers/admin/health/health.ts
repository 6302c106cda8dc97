// Whether the process lives, and whether it can serve clients, for service managers and load balancers.
import type { Context, Hono } from 'hono';
import type { GatewayAdmin } from '../../../threads/contracts/admin/gateway.js';
import type { RoutesAdmin } from '../../../threads/contracts/admin/routes.js';
import { within } from '../../../threads/within.js';
import { readinessOf } from './readiness.js';

/** Probes usually wait for a second, and one that gets an answer says why. */
const ANSWER_MS = 800;

export interface HealthParts {
  readonly gateway: Pick<GatewayAdmin, 'health'>;
  /** Undefined while the route actor is started again. */
  readonly routes: () => Pick<RoutesAdmin, 'lines'> | undefined;
}

export function serveHealth(app: Hono, parts: HealthParts): void {
  app.get('/healthz', async (context) => {
    const told = await within(ANSWER_MS, parts.gateway.health());
    if (told.code === 'answered') return context.json({ status: 'ok' });
    return failing(context, 'failing', ['the main thread did not answer in time']);
  });
  app.get('/readyz', async (context) => {
    const route = parts.routes();
    const asked = route === undefined ? undefined : within(ANSWER_MS, route.lines());
    const { isReady, problems } = readinessOf(await within(ANSWER_MS, parts.gateway.health()), await asked);
    return isReady ? context.json({ status: 'ready' }) : failing(context, 'not ready', problems);
  });
}

const failing = (context: Context, status: string, problems: readonly string[]): Response =>
  context.json({ status, problems }, 503);
