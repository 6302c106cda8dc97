// The protocols that a client may speak, by their names in the configuration. How each is read is in inbound/.

export const INBOUND_NAMES = ['socks5', 'socks4', 'http'] as const;

export type InboundName = (typeof INBOUND_NAMES)[number];
