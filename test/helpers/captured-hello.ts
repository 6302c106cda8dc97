// Captures the first bytes of a real TLS client: a server reads them up to the end of the ClientHello, then hangs up.
import { readClientHello } from '../../src/protocol/tls/client-hello.js';
import { TestServer } from './servers.js';

/** `connect` starts the client towards a port of 127.0.0.1. Returns all bytes that came, also those after the ClientHello. */
export async function capturedHello(connect: (port: number) => void): Promise<Uint8Array> {
  let taken = (_bytes: Uint8Array): void => {};
  const capture = new Promise<Uint8Array>((resolve) => {
    taken = resolve;
  });
  const server = await TestServer.listen((socket) => {
    let bytes = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]);
      if (readClientHello(bytes, 0, bytes.length).kind !== 'incomplete') taken(Uint8Array.from(bytes));
    });
    socket.on('end', () => taken(Uint8Array.from(bytes)));
  });
  try {
    connect(server.port);
    return await capture;
  } finally {
    await server.close();
  }
}
