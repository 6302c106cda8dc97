// Many short connections through a gateway, each of which carries a byte there and back. It looks at nothing else.
import type { TestServer } from './servers.js';
import { through } from './socks-client.js';

/** Connections at a time. */
const AT_ONCE = 50;

export async function visits(count: number, port: number, server: TestServer): Promise<void> {
  const visit = async () => {
    const client = await through(port, server);
    client.send('x');
    await client.read(1);
    client.close();
  };
  for (let done = 0; done < count; done += AT_ONCE) {
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, count - done) }, visit));
  }
}
