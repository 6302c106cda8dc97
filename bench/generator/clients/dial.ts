// Begins a connection from a given address of this machine. Its handler hears what comes of it.
import type { Engine } from '../../../src/linux/engine/engine.js';
import type { Handler, Socket } from '../../../src/linux/engine/socket.js';
import { errorName } from '../../../src/linux/error-name.js';
import { bindTo, closeFd, openStream, setBindAddressNoPort } from '../../../src/linux/sockets.js';

/** `entry`: an address as packed by `packAddress`. Returns why there is no socket where there is none. */
export function dial(engine: Engine, handler: Handler, source: Uint8Array, entry: Uint8Array): Socket | string {
  const fd = openStream(4);
  if (fd < 0) return `open: ${errorName(fd)}`;
  setBindAddressNoPort(fd);
  const bound = bindTo(fd, source, 0);
  if (bound < 0) {
    closeFd(fd);
    return `bind: ${errorName(bound)}`;
  }
  const socket = engine.adopt(fd, handler);
  engine.connect(socket, entry);
  return socket;
}
