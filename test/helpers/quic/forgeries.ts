// Datagrams that answer a client's Initial and are no authentic answers: what somebody sends who does not know the keys or does
// not use them.
import { randomBytes } from 'node:crypto';

/** Of a long header (RFC 9000 section 17.2): what an answer has to name. */
interface Asked {
  readonly version: Buffer;
  readonly dcid: Buffer;
  readonly scid: Buffer;
}

export type Forgery = 'initial' | 'retry' | 'version-negotiation' | 'short' | 'garbage';

/** The client's datagram must begin with a whole long header. */
export function forged(kind: Forgery, initial: Buffer): Buffer {
  const asked = readAsked(initial);
  switch (kind) {
    case 'initial':
      return forgedInitial(asked);
    case 'retry':
      return forgedRetry(asked);
    case 'version-negotiation':
      return versionNegotiation(asked);
    case 'short':
      // Like a packet of 1-RTT or a stateless reset (RFC 9000 section 10.3).
      return Buffer.concat([Buffer.of(0x40), asked.scid, randomBytes(40)]);
    case 'garbage':
      return randomBytes(100);
  }
}

function readAsked(bytes: Buffer): Asked {
  const dcidEnd = 6 + bytes[5];
  const scidEnd = dcidEnd + 1 + bytes[dcidEnd];
  return {
    version: bytes.subarray(1, 5),
    dcid: bytes.subarray(6, dcidEnd),
    scid: bytes.subarray(dcidEnd + 1, scidEnd),
  };
}

const withLength = (id: Buffer): Buffer => Buffer.concat([Buffer.of(id.length), id]);

/** Version 2 numbers the types of long headers otherwise (RFC 9369 section 3.2). */
const isVersion2 = (version: Buffer): boolean => version.readUInt32BE(0) === 0x6b3343cf;

function forgedInitial({ version, scid }: Asked): Buffer {
  const first = isVersion2(version) ? 0xd0 : 0xc0;
  const ids = [withLength(scid), withLength(randomBytes(8))];
  const head = Buffer.concat([Buffer.of(first), version, ...ids, Buffer.of(0)]);
  const payload = randomBytes(1200 - head.length - 2);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(0x4000 | payload.length);
  return Buffer.concat([head, length, payload]);
}

function forgedRetry({ version, scid }: Asked): Buffer {
  const first = isVersion2(version) ? 0xc0 : 0xf0;
  const token = randomBytes(32);
  return Buffer.concat([
    Buffer.of(first),
    version,
    withLength(scid),
    withLength(randomBytes(8)),
    token,
    randomBytes(16),
  ]);
}

/** A well-formed one; nothing in it proves who sent it. */
function versionNegotiation({ dcid, scid }: Asked): Buffer {
  const versions = Buffer.from('1a2a3a4a6b3343cf', 'hex');
  return Buffer.concat([Buffer.of(0x80), Buffer.alloc(4), withLength(scid), withLength(dcid), versions]);
}
