// Recognises environment variables that Kubernetes sets in every container for each Service, and Docker for each link: a
// Service named `tcproute` gives TCPROUTE_PORT=tcp://10.96.0.12:7070 and six more. They say where a service is, and are no
// part of the configuration. Name and value count together, so that a mistyped variable of ours is still reported.
import { canonicalAddress } from './checks/values/address.js';

const isUrl = (text: string): boolean => /^(?:tcp|udp|sctp):\/\/(?:[\d.]+|\[[\da-f:.]+\]):\d{1,5}$/i.test(text);
const isPort = (text: string): boolean => /^\d{1,5}$/.test(text);
const isProtocol = (text: string): boolean => /^(?:tcp|udp|sctp)$/i.test(text);
const isAddress = (text: string): boolean => canonicalAddress(text) !== undefined;

/** The ends of names, each with the form of its value. A port of a Service may have a name. */
const FORMS: readonly (readonly [RegExp, (text: string) => boolean])[] = [
  [/_SERVICE_HOST$/, isAddress],
  [/_SERVICE_PORT(?:_[A-Z0-9_]+)?$/, isPort],
  [/_PORT$/, isUrl],
  [/_PORT_\d{1,5}_(?:TCP|UDP|SCTP)$/, isUrl],
  [/_PORT_\d{1,5}_(?:TCP|UDP|SCTP)_PROTO$/, isProtocol],
  [/_PORT_\d{1,5}_(?:TCP|UDP|SCTP)_PORT$/, isPort],
  [/_PORT_\d{1,5}_(?:TCP|UDP|SCTP)_ADDR$/, isAddress],
];

export function isServiceVariable(name: string, value: string): boolean {
  return FORMS.some(([end, fits]) => end.test(name) && fits(value));
}
