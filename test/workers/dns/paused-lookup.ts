// A process of its own that looks one name up, so that a test can stop it meanwhile. Its arguments are one server and how
// long a try may take; the answer is its last message.
import type { Nameserver } from '../../../src/protocol/options.js';
import { dnsOptions } from '../../helpers/dns-options.js';
import { makeResolver } from '../../helpers/dns-resolver.js';

const [server, ca_file, timeout_ms] = JSON.parse(process.argv[2] as string) as [Nameserver, string | null, number];
const limits = { try_timeout_ms: timeout_ms, timeout_ms, ipv6: 'off' as const };
const resolver = makeResolver(dnsOptions([server], [], { ...limits, ca_file: ca_file ?? undefined }));
const answer = await resolver.lookup('a.test');
resolver.stop();
process.send?.(answer, () => process.disconnect());
