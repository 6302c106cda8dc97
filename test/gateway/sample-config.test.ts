// The sample configuration of TcpRoute's readme, unchanged: it starts, warns of its misspelt log level, and works.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { Gateway, root } from '../helpers/gateway.js';
import { inBothEngines } from '../helpers/gateway-world.js';
import { TrickProxy } from '../helpers/proxies-trick.js';
import { echoServer } from '../helpers/servers.js';
import { dial, through } from '../helpers/socks-client.js';

const sample = join(root, 'test/fixtures/tcproute-config.json');

inBothEngines('the sample configuration of TcpRoute starts with a warning and serves', async (world) => {
  const server = world.use(await echoServer());
  const proxy = world.use(await TrickProxy.listen('works', 5555));
  const gateway = world.own(Gateway.spawn(sample, world.engine, ['--port', '0']));
  await gateway.listens();
  const warnings = gateway.records.filter(({ level }) => level === 'warn').map(({ msg }) => msg);
  assert.equal(warnings.length, 1);
  assert.match(warnings[0], /"INDO".* is read as "info"/);
  assert.deepEqual((await gateway.logged('listening'))['lines'], ['direct', 'socks5 127.0.0.1:5555']);
  const client = world.use(await through(gateway.port, server));
  client.send('hello');
  assert.equal((await client.read(5)).toString(), 'hello');
  // What the direct line cannot resolve its other line carries.
  const second = await dial(gateway.port, { host: 'only-there.invalid', port: server.port });
  world.use(second.peer);
  assert.equal(second.reply.rep, 0);
  assert.deepEqual(proxy.asked.at(-1), 'only-there.invalid');
});
