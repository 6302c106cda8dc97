// Server-sent events, read from the stream as a viewer does.
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { Hono } from 'hono';
import { serveEvents } from '../../../../../src/workers/admin/api/events/events.js';
import { Feed } from '../../../../../src/workers/admin/feed/feed.js';
import { FeedWorld } from '../../../../helpers/feed-world.js';
import { until } from '../../../../helpers/until.js';

const EVERY_MS = 2;
const worlds: FeedWorld[] = [];
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.close();
});

function world() {
  const own = new FeedWorld();
  worlds.push(own);
  const app = new Hono();
  serveEvents(app, new Feed(own.parts, EVERY_MS));
  const ask = async (query = ''): Promise<Response> => app.request(`/api/v1/events${query}`);
  return { own, ask };
}

/** Reads events until one of this kind has something. */
class Viewer {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #decoder = new TextDecoder();
  text = '';

  constructor({ body }: Response) {
    assert.ok(body !== null);
    this.#reader = body.getReader();
  }

  async event(kind: string, has: (data: Record<string, unknown>) => boolean): Promise<Record<string, unknown>> {
    for (;;) {
      for (const [, data] of this.text.matchAll(new RegExp(`^event: ${kind}\\ndata: (.*)\\n\\n`, 'gm'))) {
        const value = JSON.parse(data as string) as Record<string, unknown>;
        if (has(value)) return value;
      }
      const { done, value } = await this.#reader.read();
      assert.ok(!done);
      this.text += this.#decoder.decode(value, { stream: true });
    }
  }

  cancel(): Promise<void> {
    return this.#reader.cancel();
  }
}

test('tells of traffic, connections, flows, lines and the log', async () => {
  const { own, ask } = world();
  own.lines = { ...own.lines, lines: [own.line('direct')] };
  own.says('hello');
  const response = await ask();
  assert.deepEqual(
    [response.status, response.headers.get('content-type'), response.headers.get('cache-control')],
    [200, 'text/event-stream', 'no-store'],
  );
  const viewer = new Viewer(response);
  const { lines } = await viewer.event('lines', () => true);
  assert.deepEqual(
    (lines as { readonly line: string }[]).map(({ line }) => line),
    ['direct'],
  );
  const log = await viewer.event('log', () => true);
  assert.deepEqual(
    (log['lines'] as { readonly message: string }[]).map(({ message }) => message),
    ['hello'],
  );
  const traffic = await viewer.event('traffic', () => true);
  assert.deepEqual([traffic['bytes_up_per_s'], traffic['live']], [0, 0]);
  assert.match(String(traffic['at']), /^\d{4}-\d\d-\d\dT/);
  own.flows.open({ target: 'a.test:443', kind: 'quic', sni: 'b.test' });
  const { opened: flows } = await viewer.event('flows', ({ opened }) => (opened as unknown[]).length > 0);
  const [{ target, sni, phase }] = flows as readonly [Record<string, unknown>];
  assert.deepEqual([target, sni, phase], ['a.test:443', 'b.test', 'waiting']);
  for (let i = 0; i < 60; i += 1) own.own.open({ target: `n${i}.test`, line: 0 });
  const news = await viewer.event('connections', ({ opened }) => (opened as unknown[]).length > 0);
  const { opened, opened_left_out } = news as {
    readonly opened: readonly { readonly id: string }[];
    readonly opened_left_out: number;
  };
  assert.deepEqual([opened.length, opened_left_out, news['ended']], [50, 10, []]);
  assert.match(opened[0]?.id ?? '', /^0-/);
  await viewer.cancel();
});

test('tells only what is asked for', async () => {
  const { own, ask } = world();
  own.says('debugging', 20);
  own.says('a warning', 40);
  const viewer = new Viewer(await ask('?kinds=log&log_level=warn'));
  const { lines } = await viewer.event('log', () => true);
  assert.deepEqual((lines as unknown[]).length, 1);
  own.says('more', 30);
  own.says('an error', 50);
  await viewer.event('log', ({ lines: all }) =>
    (all as { readonly message: string }[]).some(({ message }) => message === 'an error'),
  );
  assert.doesNotMatch(viewer.text, /event: traffic|"more"|debugging/);
  await viewer.cancel();
});

test('says what is wrong with a request', async () => {
  const { ask } = world();
  const error = async (query: string): Promise<string> => {
    const response = await ask(query);
    assert.equal(response.status, 400);
    return ((await response.json()) as { readonly error: string }).error;
  };
  const problems = await error('?log_level=loud&what=1');
  for (const name of ['what', 'log_level']) assert.match(problems, new RegExp(`query "${name}"`));
  assert.match(
    await error('?kinds=traffic,weather'),
    /query "kinds": "traffic,weather" is not allowed; allowed: some of traffic, connections/,
  );
});

test('one viewer too many is refused, until another one has left', async () => {
  const { ask } = world();
  const viewers: Viewer[] = [];
  for (let i = 0; i < 16; i += 1) viewers.push(new Viewer(await ask('?kinds=traffic')));
  assert.equal((await ask()).status, 503);
  await viewers.pop()?.cancel();
  const response = await ask();
  assert.equal(response.status, 200);
  await response.body?.cancel();
  for (const viewer of viewers) await viewer.cancel();
});

test('a viewer that does not read is given up, and what it did not read is not kept', async () => {
  const { own, ask } = world();
  const response = await ask('?kinds=log');
  const reader = response.body?.getReader();
  assert.ok(reader !== undefined);
  // Each tick has up to a hundred lines of 4000 characters.
  const flood = setInterval(() => {
    for (let i = 0; i < 100; i += 1) own.says('x'.repeat(3000), 50);
  }, 1);
  const failed = reader.closed.then(
    () => 'closed',
    ({ message }: Error) => message,
  );
  let outcome: string | undefined;
  void failed.then((message) => {
    outcome = message;
  });
  await until('it is given up', () => outcome !== undefined);
  clearInterval(flood);
  assert.equal(outcome, 'the viewer does not read');
});

test('a kind that tells nothing for long still shows that it lives', async () => {
  const { ask } = world();
  const viewer = new Viewer(await ask('?kinds=connections'));
  const alive = viewer.event('never', () => false).catch(() => {});
  await until('an empty line', () => viewer.text.includes('\n:\n\n'));
  await viewer.cancel();
  await alive;
});
