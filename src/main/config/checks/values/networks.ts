// Checks lists of networks that clients may come from. It matches nothing.
import { allowedList, checkList, TRUSTED } from './name-list.js';
import type { Check } from './setting.js';

const NETWORKS = { ...TRUSTED, entry: 'an IP address or a network, such as 192.168.0.0/16 or fd00::/8' };

export const NETWORKS_ALLOWED = `one network, or ${allowedList(NETWORKS)}`;

const checkAll = checkList(NETWORKS);

/** One text stands for a list of it. Returns canonical addresses and ranges. */
export const checkNetworks: Check<readonly string[]> = (value, place, diagnostics) =>
  checkAll(typeof value === 'string' ? [value] : value, place, diagnostics);
