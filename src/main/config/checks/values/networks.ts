// Checks lists of networks that clients may come from. It matches nothing.
import { allowedList, checkList, TRUSTED } from './name-list.js';

const NETWORKS = { ...TRUSTED, entry: 'an IP address or a network, such as 192.168.0.0/16 or fd00::/8' };

export const NETWORKS_ALLOWED = allowedList(NETWORKS);

/** Returns canonical addresses and ranges. */
export const checkNetworks = checkList(NETWORKS);
