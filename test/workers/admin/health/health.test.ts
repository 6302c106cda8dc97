import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Hono } from 'hono';
import { UNSTEERED } from '../../../../src/protocol/steering/steering.js';
import type { GatewayHealth } from '../../../../src/threads/contracts/admin/gateway.js';
import type { LineNow, LinesNow } from '../../../../src/threads/contracts/admin/routes.js';
import type { Within } from '../../../../src/threads/within.js';
import { serveHealth } from '../../../../src/workers/admin/health/health.js';
import { readinessOf } from '../../../../src/workers/admin/health/readiness.js';

const SERVING: GatewayHealth = { isDraining: false, listensOn: ['127.0.0.1:1080'], notServing: [] };

const line = (number: number, more: Partial<LineNow> = {}): LineNow => ({
  ...{ line: number, name: `line ${number}`, tier: 0, answers_early: false, is_dead: false, is_doubted: false },
  spent_budgets: 0,
  ...more,
});
const answered = <T>(value: T): Within<T> => ({ code: 'answered', value });
const problemsOf = (
  gateway: Partial<GatewayHealth>,
  lines: readonly LineNow[] = [line(0)],
  steering: Partial<LinesNow['steering']> = {},
): readonly string[] =>
  readinessOf(answered({ ...SERVING, ...gateway }), answered({ lines, steering: { ...UNSTEERED, ...steering } }))
    .problems;

const OPEN = { failures: 3, for_ms: 900 };

test('a gateway that listens, whose actors all serve and that has a line left is ready', () => {
  assert.deepEqual(readinessOf(answered(SERVING), answered({ lines: [line(0)], steering: UNSTEERED })), {
    isReady: true,
    problems: [],
  });
});

test('a drain is said first, and alone', () => {
  const problems = problemsOf({ isDraining: true, listensOn: [], notServing: ['DNS actor'] }, []);
  assert.deepEqual(problems, ['it drains: no new connections, those open may finish']);
});

test('everything else that is wrong is said at once', () => {
  const problems = problemsOf({ listensOn: [], notServing: ['DNS actor', 'connection actor 1'] }, [
    line(0, { circuit: OPEN }),
    line(1, { link: { at: 'wan1', fault: 'no-carrier' } }),
  ]);
  assert.deepEqual(problems, [
    'it listens nowhere',
    'DNS actor does not serve',
    'connection actor 1 does not serve',
    'no line is left: "line 0" is down, the link of "line 1" is down',
  ]);
});

test('one line that is left is enough, and so is one whose trial is due: only a client can make it', () => {
  assert.deepEqual(problemsOf({}, [line(0, { circuit: OPEN }), line(1)]), []);
  assert.deepEqual(problemsOf({}, [line(0, { circuit: { ...OPEN, for_ms: 0 } })]), []);
  assert.deepEqual(problemsOf({}, [line(0, { link: { at: 'wan0', fault: undefined } })]), []);
});

test('lines that an operator has paused, or not pinned, do not count', () => {
  const lines = [line(0), line(1, { circuit: OPEN })];
  assert.deepEqual(problemsOf({}, lines, { paused: [1] }), []);
  assert.deepEqual(problemsOf({}, lines, { paused: [0] }), ['no line is left: "line 1" is down']);
  assert.deepEqual(problemsOf({}, lines, { pinned: 1 }), ['no line is left: "line 1" is down']);
  assert.deepEqual(problemsOf({}, lines, { paused: [0, 1] }), ['all lines are paused']);
});

test('an actor that does not answer in time is no good sign; one that is being started is told of by main', () => {
  const late = { code: 'late' } as const;
  assert.deepEqual(readinessOf(late, undefined).problems, ['the main thread did not answer in time']);
  assert.deepEqual(readinessOf(answered(SERVING), late).problems, ['the route actor did not answer in time']);
  const notServing = ['route actor'];
  const { problems } = readinessOf(answered({ ...SERVING, notServing }), undefined);
  assert.deepEqual(problems, ['route actor does not serve']);
});

test('probes get a status and the reasons', async () => {
  const ask = async (path: string, health: () => Promise<GatewayHealth>): Promise<readonly [number, unknown]> => {
    const app = new Hono();
    const lines = async (): Promise<LinesNow> => ({ lines: [line(0)], steering: UNSTEERED });
    serveHealth(app, { gateway: { health }, routes: () => ({ lines }) });
    const response = await app.request(path);
    return [response.status, await response.json()];
  };
  assert.deepEqual(await ask('/healthz', async () => SERVING), [200, { status: 'ok' }]);
  assert.deepEqual(await ask('/healthz', async () => ({ ...SERVING, isDraining: true })), [200, { status: 'ok' }]);
  const died = async (): Promise<GatewayHealth> => Promise.reject(new Error('the port is closed'));
  const failing = { status: 'failing', problems: ['the main thread did not answer in time'] };
  assert.deepEqual(await ask('/healthz', died), [503, failing]);
  assert.deepEqual(await ask('/readyz', async () => SERVING), [200, { status: 'ready' }]);
  const problems = ['it drains: no new connections, those open may finish'];
  const draining = await ask('/readyz', async () => ({ ...SERVING, isDraining: true }));
  assert.deepEqual(draining, [503, { status: 'not ready', problems }]);
});
