// Every program that the bench knows, in the order of its tables, and the baseline that all are compared with.
import { dante } from './dante.js';
import { gatewayEpoll, gatewayUring } from './gateway.js';
import { haproxy, haproxySplice } from './haproxy.js';
import { microsocks } from './microsocks.js';
import type { Peer } from './peer.js';
import { v2ray } from './v2ray.js';

export const BASELINE = microsocks.name;

export const PEERS: readonly Peer[] = [gatewayUring, gatewayEpoll, microsocks, haproxy, haproxySplice, dante, v2ray];
