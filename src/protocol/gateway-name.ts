/** By which gateways of this kind name themselves to servers, proxies and clients: in Via, Proxy-Status and user ids. */
export const GATEWAY_NAME = 'tcproute';
