// BND.ADDR and BND.PORT of a successful reply: where the connection begins as its destination sees it.
import assert from 'node:assert/strict';
import { inBothEngines } from '../helpers/gateway-world.js';
import { TrickProxy } from '../helpers/proxies-trick.js';
import { BOUND } from '../helpers/proxy-speech.js';
import { PeerServer } from '../helpers/servers.js';
import { dial } from '../helpers/socks-client.js';

inBothEngines('of a direct line it is the peer that the destination sees, IPv4 and IPv6', async (world) => {
  const { port } = await world.shared();
  for (const [host, shown] of [
    ['127.0.0.1', '127.0.0.1'],
    ['::1', '00000000000000000000000000000001'],
  ]) {
    const server = world.use(await PeerServer.listen(host));
    const { peer, reply } = await dial(port, server);
    world.use(peer);
    const { socket } = await server.accepted();
    assert.deepEqual(reply, { rep: 0, host: shown, port: socket.remotePort });
    assert.equal(socket.remoteAddress, host);
  }
});

inBothEngines('of a socks5 line it is what the last proxy said', async (world) => {
  const server = world.use(await PeerServer.listen());
  const proxy = world.use(await TrickProxy.listen('works'));
  const { port } = await world.shared({ upstream: proxy.line });
  const { peer, reply } = await dial(port, server);
  world.use(peer);
  assert.deepEqual(reply, { rep: 0, ...BOUND });
});
