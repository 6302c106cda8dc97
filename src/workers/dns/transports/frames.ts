// DNS messages in a stream (RFC 1035 section 4.2.2): two octets of length before each. It reads no message.

const LENGTH_OCTETS = 2;

/** A message with its length before it. `message`: at most 65 535 bytes. */
export function framed(message: Uint8Array): Buffer {
  const length = Buffer.alloc(LENGTH_OCTETS);
  length.writeUInt16BE(message.length);
  return Buffer.concat([length, message]);
}

/** Cuts a stream into messages; at most one message and one chunk are held. */
export class Frames {
  #chunks: Buffer[] = [];
  #received = 0;

  /** Returns the messages that are complete with this chunk. */
  add(chunk: Buffer): Buffer[] {
    this.#chunks.push(chunk);
    this.#received += chunk.length;
    if (this.#received < this.#needed()) return [];
    let rest = Buffer.concat(this.#chunks);
    const messages: Buffer[] = [];
    while (rest.length >= LENGTH_OCTETS && rest.length >= LENGTH_OCTETS + rest.readUInt16BE(0)) {
      const end = LENGTH_OCTETS + rest.readUInt16BE(0);
      messages.push(rest.subarray(LENGTH_OCTETS, end));
      rest = rest.subarray(end);
    }
    this.#chunks = rest.length > 0 ? [rest] : [];
    this.#received = rest.length;
    return messages;
  }

  #needed(): number {
    if (this.#received < LENGTH_OCTETS) return LENGTH_OCTETS;
    const [first, second] = this.#chunks as [Buffer, Buffer | undefined];
    const low = first.length > 1 ? first[1] : second?.[0];
    return LENGTH_OCTETS + (first[0] as number) * 256 + (low ?? 0);
  }
}
