// Why datagrams are dropped: the words of the counts, the metrics and the API. Pure.

export const DROPS = {
  'bad-header': 'no header of RFC 1928 section 7, or an address that means nothing',
  fragment: 'a part of a datagram: fragments of SOCKS5 are not put together',
  stranger: 'it came to the port of a client from another address or port',
  filtered: 'an answer from where the client has not sent to (`udp.filter`)',
  'too-long': 'longer than a buffer, or than the way to its receiver takes',
  blocked: 'a rule blocks the destination',
  denied: 'the egress policy, or a listener of this gateway, is in the way',
  limited: 'a limit of the client, its user or the gateway, or a used-up budget',
  unresolved: 'the name has no address, or no DNS server answers',
  unreachable: 'no line carries datagrams to the destination now',
  queued: 'it waited for its flow longer than others had room (`udp.queue_max`, `udp.queued_bytes_max`)',
  'no-room': 'the buffer of the socket was full',
  unsent: 'the kernel did not send it, for another reason',
  ended: 'it waited for a flow that has ended',
} as const;

export type Drop = keyof typeof DROPS;

export const DROP_CAUSES = Object.keys(DROPS) as readonly Drop[];
