// The versions of QUIC whose first packets can be opened: 1 (RFC 9000, 9001) and 2 (RFC 9369). Constants only.
import { type KeyLabel, keyLabel } from './key-label.js';

export type LongType = 'initial' | 'zero-rtt' | 'handshake' | 'retry';

export interface QuicVersion {
  readonly number: number;
  /** By the two bits of the first byte (RFC 9000 section 17.2, RFC 9369 section 3.2). */
  readonly types: readonly [LongType, LongType, LongType, LongType];
  /** RFC 9001 section 5.2, RFC 9369 section 3.3.1. */
  readonly salt: Uint8Array;
  readonly key: KeyLabel;
  readonly iv: KeyLabel;
  readonly headerKey: KeyLabel;
  /** RFC 9001 section 5.8, RFC 9369 section 3.3.3. */
  readonly retryKey: Uint8Array;
  readonly retryNonce: Uint8Array;
}

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'));

export const VERSION_1: QuicVersion = {
  number: 0x00000001,
  types: ['initial', 'zero-rtt', 'handshake', 'retry'],
  salt: hex('38762cf7f55934b34d179ae6a4c80cadccbb7f0a'),
  key: keyLabel('quic key', 16),
  iv: keyLabel('quic iv', 12),
  headerKey: keyLabel('quic hp', 16),
  retryKey: hex('be0c690b9f66575a1d766b54e368c84e'),
  retryNonce: hex('461599d35d632bf2239825bb'),
};

export const VERSION_2: QuicVersion = {
  number: 0x6b3343cf,
  types: ['retry', 'initial', 'zero-rtt', 'handshake'],
  salt: hex('0dede3def700a6db819381be6e269dcbf9bd2ed9'),
  key: keyLabel('quicv2 key', 16),
  iv: keyLabel('quicv2 iv', 12),
  headerKey: keyLabel('quicv2 hp', 16),
  retryKey: hex('8fb4b01b56ac48e260fbcbcead7ccc92'),
  retryNonce: hex('d86969bc2d7c6d9990efb04a'),
};

export function quicVersion(number: number): QuicVersion | undefined {
  if (number === VERSION_1.number) return VERSION_1;
  return number === VERSION_2.number ? VERSION_2 : undefined;
}
