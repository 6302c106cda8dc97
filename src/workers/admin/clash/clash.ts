// The part of the API of Clash that its dashboards use (metacubexd, zashboard, yacd), so that they show the gateway: its lines as proxies,
// its rules, and its connections. Errors are in the form that they expect: {"message": …}. The token is Clash's secret.
import type { Context, Hono } from 'hono';
import { parseConnectionId } from '../../../protocol/connections/connection-id.js';
import { within } from '../../../threads/within.js';
import { closeAll } from '../api/connections/listing.js';
import { look } from '../api/lines/look.js';
import { steer } from '../api/lines/steer.js';
import { told } from '../endpoint/told.js';
import type { Feed } from '../feed/feed.js';
import { lasting } from '../shared/lasting.js';
import { madeOf } from '../shared/made-of.js';
import { configsOf, levelAsked } from './configs.js';
import { flowIdOf } from './connection.js';
import { type ClashParts, connectionsNow } from './connections.js';
import { delayOf, delaysOf } from './delay.js';
import { groupNames, proxiesOf, selectionOf } from './groups.js';
import { hearing } from './hearing.js';
import { clashRules } from './rules.js';
import type { Stream } from './streams.js';

const ANSWER_MS = 2000;
const MAIN = 'the main thread';
/** For a long list of rules to be read and compiled, and what waits behind that. */
const CHANGE_MS = 120_000;
const UNCHANGEABLE = 'only the log-level is changed here; PUT /configs reads the file of the configuration again';
/** What may wait for a client of an answer that goes on. */
const WAITING_BYTES_MAX = 64 * 1024;

export function serveClash(app: Hono, parts: ClashParts, feed: Pick<Feed, 'subscribe'>): void {
  const namesOfLines = (): readonly string[] => parts.options().lines.map(({ name }) => name);
  app.get('/version', async (context) => {
    const said = await told(MAIN, parts.gateway.version());
    return said.code === 'told'
      ? context.json({ version: `tcproute ${said.value}`, meta: true })
      : failed(context, 503, said.error);
  });
  app.get('/configs', (context) => context.json(configsOf(parts.listeners(), parts.options())));
  app.put('/configs', async (context) => {
    const said = await told(MAIN, parts.gateway.reload(), CHANGE_MS);
    if (said.code !== 'told') return failed(context, 503, said.error);
    return said.value.code === 'refused'
      ? failed(context, 400, said.value.problems.join('; '))
      : context.body(null, 204);
  });
  app.patch('/configs', async (context) => {
    const level = levelAsked(await context.req.json().catch(() => undefined));
    if (level === undefined) return failed(context, 400, UNCHANGEABLE);
    const said = await told(MAIN, parts.gateway.setLogLevel(level), CHANGE_MS);
    return said.code === 'told' ? context.body(null, 204) : failed(context, 503, said.error);
  });
  serveProxies(app, parts, namesOfLines);
  const rules = madeOf(
    () => [parts.options(), parts.rules()] as const,
    ([{ lines }, tables]) => clashRules(tables, lines, groupNames(lines.map(({ name }) => name)).race),
  );
  app.get('/rules', (context) => context.json({ rules: rules() }));
  for (const kind of ['proxies', 'rules']) app.get(`/providers/${kind}`, (context) => context.json({ providers: {} }));
  app.get('/connections', async (context) => context.json(await connectionsNow(parts)));
  app.delete('/connections', async (context) => {
    const { silent } = await closeAll(parts, {});
    return silent.length === 0 ? context.body(null, 204) : failed(context, 503, 'some workers did not answer in time');
  });
  app.delete('/connections/:id', async (context) => {
    const asked = context.req.param('id');
    const flow = flowIdOf(asked);
    const id = parseConnectionId(flow ?? asked);
    const actor = id && parts.connections().get(id.actor);
    // Clash says the same of a connection that has ended.
    if (id !== undefined && actor !== undefined)
      await within(ANSWER_MS, flow === undefined ? actor.close(id) : actor.closeFlow(id));
    return context.body(null, 204);
  });
  for (const path of ['/traffic', '/memory', '/logs']) {
    app.get(path, (context) => {
      const heard = hearing(path, (name) => context.req.query(name), parts, feed);
      return heard.code === 'refused' ? failed(context, heard.status, heard.message) : following(context, heard.stream);
    });
  }
}

function serveProxies(app: Hono, parts: ClashParts, namesOfLines: () => readonly string[]): void {
  const proxies = async () => {
    const looked = await look(parts);
    return looked.code === 'looked' ? proxiesOf(looked.lines, new Date().toISOString()) : looked;
  };
  app.get('/proxies', async (context) => {
    const all = await proxies();
    return isRefusal(all) ? failed(context, 503, all.error) : context.json({ proxies: all });
  });
  app.get('/proxies/:name', async (context) => {
    const all = await proxies();
    if (isRefusal(all)) return failed(context, 503, all.error);
    const name = context.req.param('name');
    return Object.hasOwn(all, name) ? context.json(all[name]) : failed(context, 404, 'Resource not found');
  });
  const select = async (context: Context, name: unknown): Promise<Response> => {
    const selected = selectionOf(namesOfLines(), context.req.param('name') ?? '', name);
    if (typeof selected === 'string') return failed(context, 400, selected);
    const steered = await steer(parts, selected);
    return steered.code === 'refused' ? failed(context, 400, steered.error) : context.body(null, 204);
  };
  app.put('/proxies/:name', async (context) => {
    const body: unknown = await context.req.json().catch(() => undefined);
    const name = typeof body === 'object' && body !== null && 'name' in body ? body.name : undefined;
    return name === undefined ? failed(context, 400, 'Body invalid') : select(context, name);
  });
  app.delete('/proxies/:name', (context) => select(context, groupNames(namesOfLines()).race));
  app.get('/proxies/:name/delay', async (context) => {
    const measured = await delayOf(parts, context.req.param('name'), context.req.query());
    if (measured.code === 'refused') return failed(context, measured.status, measured.message);
    const [delay] = measured.delays.values();
    return delay === undefined ? failed(context, 503, 'An error occurred in the delay test') : context.json({ delay });
  });
  app.get('/group/:name/delay', async (context) => {
    const lines = namesOfLines();
    const isGroup = Object.values(groupNames(lines)).includes(context.req.param('name'));
    if (!isGroup) return failed(context, 404, 'Resource not found');
    const measured = await delaysOf(parts, parts.options().lines, context.req.query());
    if (measured.code === 'refused') return failed(context, measured.status, measured.message);
    return context.json(Object.fromEntries(measured.delays));
  });
}

const isRefusal = (value: object): value is { readonly code: 'refused'; readonly error: string } =>
  'code' in value && value.code === 'refused' && 'error' in value;

const failed = (context: Context, status: 400 | 404 | 503, message: string): Response =>
  context.json({ message }, status);

/** Values one behind the other, each in a line of its own. */
function following(context: Context, stream: Stream): Response {
  const answer = lasting(context, {
    headers: { 'Content-Type': 'application/json' },
    waiting_bytes_max: WAITING_BYTES_MAX,
    begin: (say) => stream((value) => say(`${JSON.stringify(value)}\n`)),
  });
  return answer ?? failed(context, 503, 'too many follow already: end another one');
}
