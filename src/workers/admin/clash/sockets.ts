// The same streams over WebSockets, as dashboards for Clash ask for them. What a client sends is read and dropped.
import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { WrongToken } from '../guard/guard.js';
import type { Guarding } from '../guard/judge.js';
import { judgeUpgrade, type Upgrade } from '../guard/judge-upgrade.js';
import type { Heard } from './hearing.js';
import type { Stream } from './streams.js';

/** A message of a client. */
const MESSAGE_BYTES_MAX = 4096;
/** What may wait for a client; it misses what would be more. */
const WAITING_BYTES_MAX = 256 * 1024;
/** "Try again later": too many hear already. */
const CLOSE_BUSY = 1013;

type Hearing = (path: string, query: (name: string) => string | undefined) => Heard;

/** Answers requests for an upgrade. `options`: those in force. `noticed`: hears of clients that show a wrong token. */
export function clashSockets(hearing: Hearing, options: () => Guarding, noticed: WrongToken = () => {}) {
  const server = new WebSocketServer({
    ...{ noServer: true, clientTracking: false, perMessageDeflate: false, maxPayload: MESSAGE_BYTES_MAX },
  });
  return (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    socket.on('error', () => {});
    const asked = judgeUpgrade(request, options());
    if (asked?.judged.code === 'refused' && asked.judged.isWrongToken) noticed(request.socket.remoteAddress);
    const heard = heardOf(asked, hearing);
    if (heard.code === 'refused') refuse(socket, heard.status, heard.message);
    else server.handleUpgrade(request, socket, head, (client) => tell(client, heard.stream));
  };
}

function heardOf(
  asked: Upgrade | undefined,
  hearing: Hearing,
): Heard | { readonly code: 'refused'; readonly status: number; readonly message: string } {
  if (asked === undefined) return { code: 'refused', status: 400, message: 'the address cannot be read' };
  const { judged, path, query } = asked;
  if (judged.code === 'admitted') return hearing(path, query);
  return { code: 'refused', status: judged.status, message: judged.error };
}

function tell(client: WebSocket, stream: Stream): void {
  const end = stream((value) => {
    if (client.bufferedAmount > WAITING_BYTES_MAX) return false;
    client.send(JSON.stringify(value));
    return true;
  });
  if (end === undefined) client.close(CLOSE_BUSY);
  client.on('error', () => {});
  client.once('close', () => end?.());
}

function refuse(socket: Duplex, status: number, message: string): void {
  const body = JSON.stringify({ message });
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    ...['Connection: close', 'Content-Type: application/json', `Content-Length: ${Buffer.byteLength(body)}`, '', ''],
  ];
  socket.once('finish', () => socket.destroy());
  socket.end(head.join('\r\n') + body);
}
