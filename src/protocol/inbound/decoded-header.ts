// What comes of reading a PROXY header, whatever its version. Types only.
import type { Decoded } from '../decoded.js';
import type { ClientAddress } from './inbound.js';

/** `missing`: the bytes begin no header of the version. `malformed`: they do, and the rest is wrong. */
export type HeaderFault = 'missing' | 'malformed';

/** The client's address; undefined where the header leaves it as it seems. */
export type DecodedHeader = Decoded<ClientAddress | undefined, HeaderFault>;
