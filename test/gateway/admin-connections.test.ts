// Connections as an operator sees and closes them, in a running gateway: what the client meets, and what is told of it.
import assert from 'node:assert/strict';
import { adminPlace, askAdmin } from '../helpers/admin.js';
import { inBothEngines } from '../helpers/gateway-world.js';
import { EchoClient, startEcho } from '../helpers/socks-echo.js';
import { until } from '../helpers/until.js';

interface Shown {
  readonly id: string;
  readonly target: string;
  readonly bytes_up: number;
}

inBothEngines('connections are listed, and closed as their operator says', async (world) => {
  const gateway = await world.gateway({
    ...{ admin: { listen: '127.0.0.1:0' }, workers: 2, log: { access: { enabled: 'on' } } },
  });
  const place = await adminPlace(gateway);
  const ask = async <Answer>(path: string, method = 'GET'): Promise<Answer> => {
    const { status, body } = await askAdmin(place, `/api/v1/connections${path}`, { method });
    assert.equal(status, 200, body);
    return JSON.parse(body) as Answer;
  };
  const list = async (query: string): Promise<readonly Shown[]> =>
    (await ask<{ readonly connections: readonly Shown[] }>(query)).connections;
  const servers = [world.use(await startEcho()), world.use(await startEcho()), world.use(await startEcho())] as const;
  const open = async ({ port }: { readonly port: number }): Promise<EchoClient> => {
    const client = world.use(await EchoClient.open(gateway.port, port));
    await client.echo('12345');
    return client;
  };
  const [first, second, third] = [await open(servers[0]), await open(servers[1]), await open(servers[2])];
  const live = await list('');
  assert.deepEqual(
    live.map(({ target, bytes_up }) => `${target} ${bytes_up}`).sort(),
    servers.map(({ port }) => `127.0.0.1:${port} 5`).sort(),
  );
  const [{ id }] = (await list(`?target=:${servers[0].port}`)) as [Shown];
  assert.deepEqual(await ask(`/${id}`, 'DELETE'), { closed: 1 });
  assert.equal(await first.ended, 'ECONNRESET');
  assert.deepEqual(await ask(`?target=:${servers[1].port}`, 'DELETE'), { closed: 1 });
  assert.equal(await second.ended, 'ECONNRESET');
  await third.echo('67');
  const ended = await ask<Shown & { readonly ending: string; readonly race: object }>(`/${id}`);
  assert.equal(ended.ending, 'closed-by-operator');
  const endings = () => gateway.records.filter(({ msg }) => msg === 'access').map((line) => line['ending']);
  await until('both have their lines', () => endings().length === 2);
  assert.deepEqual(endings(), ['closed-by-operator', 'closed-by-operator']);
  gateway.child.kill('SIGUSR2');
  const report = () => gateway.records.find(({ msg }) => msg === 'report: connections');
  await until('there is a report', () => report() !== undefined);
  const { closedByOperator, resets, connected } = report() as Record<string, unknown>;
  assert.deepEqual([closedByOperator, resets, connected], [2, 0, 3]);
});

inBothEngines('events tell of a connection, what it carries, and the log, until their viewer leaves', async (world) => {
  const gateway = await world.gateway({ admin: { listen: '127.0.0.1:0' }, workers: 1 });
  const place = await adminPlace(gateway);
  const echo = world.use(await startEcho());
  const leaving = new AbortController();
  const { body } = await fetch(`${place}/api/v1/events`, { signal: leaving.signal });
  assert.ok(body !== null);
  let text = '';
  const told = (kind: string, part: string): boolean =>
    text.split('\n\n').some((one) => one.startsWith(`event: ${kind}\n`) && one.includes(part));
  const reading = (async () => {
    for await (const piece of body.pipeThrough(new TextDecoderStream())) text += piece;
  })().catch(() => {});
  await until('the log comes', () => told('log', 'listening on '));
  await until('the first second', () => told('traffic', '"live":0'));
  const client = world.use(await EchoClient.open(gateway.port, echo.port));
  await client.echo('x'.repeat(5000));
  await until('it is told of', () => told('connections', `"target":"127.0.0.1:${echo.port}"`));
  await until('what it carries', () => /"bytes_up_per_s":[1-9]/.test(text));
  await client.close();
  await until('its end', () => told('connections', '"ending":"complete"'));
  leaving.abort();
  await reading;
});
