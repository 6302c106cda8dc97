// The package dns-packet, and the only place of it. Not by `import`: it is CommonJS, and of such a package Node parses all
// once more, to find the names that it exports. With comlink's (see threads/port.ts) that was a tenth of a gateway's start.
import { createRequire } from 'node:module';
import type library from 'dns-packet';

export type { Answer, DecodedPacket, Packet } from 'dns-packet';

export const dnsPacket = createRequire(import.meta.url)('dns-packet') as typeof library;
