// Writes the answers of this proxy itself (RFC 9112 section 4): a status, a sentence as plain text, and the end of the connection.

const REASONS = {
  400: 'Bad Request',
  403: 'Forbidden',
  407: 'Proxy Authentication Required',
  414: 'URI Too Long',
  429: 'Too Many Requests',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
  505: 'HTTP Version Not Supported',
} as const;

export type Status = keyof typeof REASONS;

/** `further`: a header field more, without its line end. `isHead`: of a request HEAD, whose answer ends with its head. */
export function answer(status: Status, sentence: string, isHead: boolean, further?: string): Uint8Array {
  const body = `tcproute: ${sentence}\n`;
  const lines = [
    `HTTP/1.1 ${status} ${REASONS[status]}`,
    'Content-Type: text/plain; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...(further === undefined ? [] : [further]),
    'Connection: close',
  ];
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${isHead ? '' : body}`);
}
