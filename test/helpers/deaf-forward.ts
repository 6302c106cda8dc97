// A way to a SOCKS5 proxy on which only "no authentication" of each greeting arrives: as a proxy in between would speak that asks
// the next one in its own words.
import { connect } from 'node:net';
import { resetSocket } from '../../src/dial/reset.js';
import { TestServer } from './servers.js';
import { greeting } from './socks-client.js';

export function deafForward(port: number): Promise<TestServer> {
  return TestServer.listen((socket) => {
    const way = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    way.on('error', () => {});
    // A reset is passed on as a reset: an end would not tell the gateway behind that its client has gone.
    socket.once('close', (broke) => (broke ? resetSocket(way) : way.destroy()));
    way.once('close', (broke) => (broke ? resetSocket(socket) : socket.destroy()));
    // The gateway says nothing more before its greeting is answered.
    socket.once('data', () => {
      way.write(greeting());
      socket.pipe(way).pipe(socket);
    });
  });
}
