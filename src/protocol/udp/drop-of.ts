// Under which cause the datagrams of a flow are dropped that nothing carries. Pure.
import type { FailureCode } from '../race/failure.js';
import type { Drop } from './drop.js';

/** Where drops are counted. */
export interface DropCounts {
  dropped(cause: Drop, count: number): void;
}

const CAUSES: Partial<Readonly<Record<FailureCode, Drop>>> = {
  blocked: 'blocked',
  'egress-denied': 'denied',
  'own-listener': 'denied',
  'not-allowed': 'denied',
  unspecified: 'denied',
  'kept-away': 'denied',
  loop: 'denied',
  'client-limit': 'limited',
  'user-limit': 'limited',
  'out-of-resources': 'limited',
  'too-many-lookups': 'limited',
  'no-such-name': 'unresolved',
  'dns-failed': 'unresolved',
};

export const dropOf = (code: FailureCode): Drop => CAUSES[code] ?? 'unreachable';
