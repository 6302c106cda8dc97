// What a gateway that starts takes over from another one, without threads.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcp } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Options } from '../../../src/protocol/options.js';
import { encodeRoutes } from '../../../src/protocol/routes/snapshot.js';
import { SNAPSHOT_PATH } from '../../../src/protocol/routes/start-place.js';
import type { RouteState } from '../../../src/protocol/routes/state.js';
import { KnownLines } from '../../../src/workers/routes/known-lines.js';
import { RouteMemory } from '../../../src/workers/routes/route-memory.js';
import { startFrom } from '../../../src/workers/routes/start-from.js';
import { candidate } from '../../helpers/candidates.js';
import { gatewayOptions } from '../../helpers/gateway-options.js';

const base = gatewayOptions();
const LINES = ['first', 'second'].map((name, number) => ({ ...base.lines[0], name, number }));
const TOKEN = 'a-token-of-the-tests';

/** A gateway that starts. */
function world(context: TestContext, cache: Partial<Options['cache']>) {
  const warned: string[] = [];
  const informed: string[] = [];
  const told: string[] = [];
  const warn = (text: string): void => void warned.push(text);
  const inform = (text: string): void => void informed.push(text);
  const lines = new KnownLines({ lines: LINES, budgets: [] });
  const own = { ...base.cache, ...cache };
  const tell = (destinations: readonly string[]): void => void told.push(...destinations);
  const memory = new RouteMemory(own, lines, { warn, readOnly: false, tell });
  context.after(() => memory.close());
  const ending = new AbortController();
  const start = (): Promise<void> => startFrom({ cache: own, lines, memory, warn, inform }, ending.signal);
  return { memory, warned, informed, told, ending, start };
}

function learn(memory: RouteMemory, destination: string, line: number): void {
  memory.learn({ destination, event: { ...candidate(line), kind: 'connected', connect_ms: 20 } });
}

/** What another gateway has, whose lines have other sources. */
async function snapshotOf(...destinations: readonly (readonly [destination: string, line: number])[]): Promise<string> {
  const theirs = LINES.map((one) => ({ ...one, source: { ...one.source, ip: `192.0.2.${one.number}` } }));
  const memory = new RouteMemory(base.cache, new KnownLines({ lines: theirs, budgets: [] }), {
    ...{ warn: assert.fail, readOnly: true, tell() {} },
  });
  for (const [destination, line] of destinations) learn(memory, destination, line);
  memory.setPins([{ destination: 'pinned.test:443', line: 0 }]);
  const text = [...memory.encoded()].join('');
  await memory.close();
  return text;
}

type Answer = (response: ServerResponse, request: IncomingMessage) => void;

/** An admin API that gives these answers in turn, and the last one again. */
async function admin(context: TestContext, ...answers: readonly Answer[]) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.url} ${request.headers.authorization ?? ''}`);
    answers[Math.min(asked.length, answers.length) - 1]?.(response, request);
  });
  return { asked, server, url: await opened(context, server) };
}

async function opened(context: TestContext, server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  context.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const bestOf = (memory: RouteMemory, destination: string): number | undefined => {
  const state = memory.stateOf(destination) as RouteState | undefined;
  return state?.candidates[state.best]?.line;
};

const COLD = 'the gateway starts with what it knows itself';

function folder(context: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'tcproute-start-'));
  context.after(() => rmSync(path, { recursive: true }));
  return path;
}

test('what another gateway remembers is taken over by the names of lines, and told', async (context) => {
  const text = await snapshotOf(['a.test:443', 0], ['b.test:443', 1]);
  const { url, asked } = await admin(context, (response) => response.end(text));
  const start_from_token_file = { path: 'token', token: TOKEN };
  const { memory, told, informed, warned, start } = world(context, { start_from: url, start_from_token_file });
  await start();
  assert.deepEqual([bestOf(memory, 'a.test:443'), bestOf(memory, 'b.test:443')], [0, 1]);
  assert.deepEqual(asked, [`${SNAPSHOT_PATH} Bearer ${TOKEN}`]);
  assert.deepEqual(told.sort(), ['a.test:443', 'b.test:443']);
  assert.deepEqual([informed, warned], [[`begins with 2 destinations that ${url} remembers`], []]);
  // What an operator has pinned there is said of that gateway only.
  assert.deepEqual(await memory.takePins(), []);
});

test('what is known here goes before, from the state file or learned meanwhile', async (context) => {
  const state_file = join(folder(context), 'routes');
  const own = new RouteMemory({ ...base.cache, state_file }, new KnownLines({ lines: LINES, budgets: [] }), {
    ...{ warn: assert.fail, readOnly: false, tell() {} },
  });
  await own.restored;
  learn(own, 'a.test:443', 0);
  await own.close();
  const text = await snapshotOf(['a.test:443', 1], ['b.test:443', 1], ['c.test:443', 1]);
  const { url } = await admin(context, (response) => response.end(text));
  const { memory, informed, start } = world(context, { state_file, start_from: url });
  learn(memory, 'c.test:443', 0);
  await start();
  assert.deepEqual(
    ['a', 'b', 'c'].map((name) => bestOf(memory, `${name}.test:443`)),
    [0, 1, 0],
  );
  assert.deepEqual(informed, [`begins with 1 destinations that ${url} remembers`]);
});

test('there is room for no more than the bound, and what is known here stays', async (context) => {
  const text = await snapshotOf(['old.test:443', 1], ['late.test:443', 1]);
  const { url } = await admin(context, (response) => response.end(text));
  const { memory, start } = world(context, { entries_max: 2, start_from: url });
  learn(memory, 'own.test:443', 0);
  await start();
  assert.deepEqual([...memory.destinations()].sort(), ['late.test:443', 'own.test:443']);
});

test('a gateway that is busy with other snapshots is asked again', async (context) => {
  const text = await snapshotOf(['a.test:443', 1]);
  const busy: Answer = (response) => response.writeHead(503).end('{"error":"other snapshots are being read"}');
  const { url, asked } = await admin(context, busy, (response) => response.end(text));
  const { memory, start } = world(context, { start_from: url });
  await start();
  assert.deepEqual([asked.length, bestOf(memory, 'a.test:443')], [2, 1]);
});

test('an age is told by the clock of the gateway that has written, not by this one', async (context) => {
  const hour_ms = 3_600_000;
  const there = Date.now() + hour_ms;
  const line = { ...LINES[1], number: 0 };
  const memory = new RouteMemory(base.cache, new KnownLines({ lines: [line], budgets: [] }), {
    ...{ warn: assert.fail, readOnly: true, tell() {} },
  });
  learn(memory, 'a.test:443', 0);
  const state = memory.stateOf('a.test:443') as RouteState;
  await memory.close();
  const text = [...encodeRoutes([state], [line], there)].join('');
  const dated =
    (date: number): Answer =>
    (response) =>
      response.writeHead(200, { Date: new Date(date).toUTCString() }).end(text);
  const { url } = await admin(context, dated(there), dated(there - hour_ms));
  const first = world(context, { start_from: url });
  await first.start();
  assert.equal(bestOf(first.memory, 'a.test:443'), 1);
  const second = world(context, { start_from: url });
  await second.start();
  assert.deepEqual(second.warned, [`cache.start_from: ${url} is ignored: written in the future; ${COLD}`]);
});

test('a snapshot is read from a Unix socket and from a file', async (context) => {
  const text = await snapshotOf(['a.test:443', 1]);
  const [socket, file] = [join(folder(context), 'admin'), join(folder(context), 'routes')];
  const server = createServer((request, response) => {
    assert.deepEqual([request.url, request.headers.host], [SNAPSHOT_PATH, 'localhost']);
    response.end(text);
  });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  context.after(() => server.close());
  writeFileSync(file, text);
  for (const start_from of [`unix:${socket}`, file]) {
    const { memory, start } = world(context, { start_from });
    await start();
    assert.equal(bestOf(memory, 'a.test:443'), 1, start_from);
  }
});

test('whatever is wrong is said, and nothing is taken over', async (context) => {
  const text = await snapshotOf(['a.test:443', 1]);
  const refusing: Answer = (response) => response.writeHead(401).end('{"error":"a token is needed"}');
  const breaking: Answer = (response) => {
    response.writeHead(200, { 'Content-Length': text.length }).write(text.slice(0, -5));
    setImmediate(() => response.destroy());
  };
  const withoutLines = text.replace('\\"first\\"', '\\"other\\"').replace('\\"second\\"', '\\"another\\"');
  for (const [answer, why] of [
    [refusing, 'answers 401 (a token is needed)'],
    [(response) => response.writeHead(302, { Location: '/' }).end(), 'answers 302'],
    [(response) => response.writeHead(500).end('['.repeat(100_000)), 'answers 500'],
    [(response) => response.end('<html>'), 'is ignored: not a list of routes'],
    [(response) => response.end(''), 'is ignored: not a list of routes'],
    [(response) => response.end(text.slice(0, -4)), 'is ignored: damaged'],
    [(response) => response.end(text.replace('"line":1', '"line":-1')), 'is ignored: damaged'],
    [(response) => response.end('a'.repeat((1 << 20) + 1)), 'has a line that is too long'],
    [(response) => response.end(withoutLines), 'knows no line by the name of one here'],
    [breaking, 'cannot be read: ECONNRESET'],
  ] as const satisfies readonly (readonly [Answer, string])[]) {
    const { url, server } = await admin(context, answer);
    const { memory, warned, informed, start } = world(context, { start_from: url });
    await start();
    assert.deepEqual(warned, [`cache.start_from: ${url} ${why}; ${COLD}`]);
    assert.deepEqual([memory.isEmpty, informed], [true, []]);
    server.close();
  }
});

test('a place that says back what it was told gets no secret into the log', async (context) => {
  const echo: Answer = (response, request) =>
    response.writeHead(401).end(JSON.stringify({ error: `no: ${request.headers.authorization} ${request.url}` }));
  const { url } = await admin(context, echo);
  const start_from_token_file = { path: 'token', token: TOKEN };
  const { warned, start } = world(context, { start_from: `${url}/all?key=sesame1`, start_from_token_file });
  await start();
  assert.deepEqual(warned, [`cache.start_from: ${url}/all answers 401 (no: Bearer *** /all***); ${COLD}`]);
});

test('nobody, somebody else and no file are said, too', async (context) => {
  const { url, server } = await admin(context);
  await new Promise((resolve) => server.close(resolve));
  const other = createTcp((socket) => socket.end('SSH-2.0-OpenSSH\r\n'));
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  context.after(() => other.close());
  const ssh = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
  for (const [start_from, why] of [
    [url, 'cannot be read: ECONNREFUSED'],
    [ssh, 'does not speak HTTP'],
    ['unix:/nowhere/admin', 'cannot be read: ENOENT'],
    ['/nowhere/routes', 'does not exist (ENOENT)'],
    ['/dev', 'is a directory, not a file'],
  ] as const) {
    const { warned, start } = world(context, { start_from });
    await start();
    assert.deepEqual(warned, [`cache.start_from: ${start_from} ${why}; ${COLD}`]);
  }
});

test('the end of the gateway ends it, without a word', async (context) => {
  let heard = (): void => {};
  const isAsked = new Promise<void>((resolve) => {
    heard = resolve;
  });
  const { url } = await admin(context, () => heard());
  const { memory, warned, ending, start } = world(context, { start_from: url });
  const started = start();
  await isAsked;
  ending.abort();
  await started;
  assert.deepEqual([memory.isEmpty, warned], [true, []]);
});
