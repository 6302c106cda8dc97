// Serves a request for a protocol that is not spoken here, such as `Upgrade: h2c` of clients that prefer HTTP/2, as if it had not asked
// for it (RFC 9110 section 7.8). Node hands over the connection of every such request once there is a WebSocket anywhere.
import { type IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

export const isWebSocket = ({ headers }: IncomingMessage): boolean => headers.upgrade?.toLowerCase() === 'websocket';

/** Undefined for a request with a body, which Node has not read. The connection ends with the answer. */
export function withoutUpgrade(request: IncomingMessage, socket: Duplex): ServerResponse | undefined {
  const { 'content-length': length = '0', 'transfer-encoding': coding } = request.headers;
  if (coding !== undefined || length !== '0') return undefined;
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket as Socket);
  // The client's own end is not waited for: nothing would bound that.
  response.once('finish', () => (socket as Socket).destroySoon());
  return response;
}
