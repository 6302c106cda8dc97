// Whether the gateway itself listens on an address and port, so that a connection to them would come back to it. The port is
// compared first, which is enough for nearly every connection. Only for an equal port it asks `isMachines` which addresses
// the machine has. Address translation on the way (NAT) is not noticed.
import { embeddedIpv4s, isUnspecified } from './embedded-ipv4.js';
import { sameIp } from './same-ip.js';

export interface ListenerAddress {
  /** 4 or 16 bytes; unspecified for every address of the machine. */
  readonly ip: Uint8Array;
  readonly port: number;
}

export class OwnListeners {
  readonly #listeners: readonly ListenerAddress[];
  readonly #isMachines: (ip: Uint8Array) => boolean;

  /** `isMachines` says whether this machine has an address other than loopback. */
  constructor(listeners: readonly ListenerAddress[], isMachines: (ip: Uint8Array) => boolean) {
    this.#listeners = listeners;
    this.#isMachines = isMachines;
  }

  hasPort(port: number): boolean {
    for (const listener of this.#listeners) if (listener.port === port) return true;
    return false;
  }

  /** Takes an address in any form. */
  has(ip: Uint8Array, port: number): boolean {
    if (!this.hasPort(port)) return false;
    const forms = [ip, ...embeddedIpv4s(ip)];
    return this.#listeners.some(
      (listener) => listener.port === port && forms.some((form) => this.#hears(listener.ip, form)),
    );
  }

  #hears(listening: Uint8Array, ip: Uint8Array): boolean {
    // Asked for 0.0.0.0 or ::, Linux connects to loopback.
    if (isUnspecified(ip)) return isLoopback(listening) || this.#hearsAll(listening, ip);
    if (!isUnspecified(listening)) return sameIp(listening, ip);
    return this.#hearsAll(listening, ip) && (isLoopback(ip) || this.#isMachines(ip));
  }

  /** A socket that listens on :: accepts both families. */
  #hearsAll(listening: Uint8Array, ip: Uint8Array): boolean {
    return isUnspecified(listening) && (listening.length === 16 || ip.length === 4);
  }
}

/** 127.0.0.0/8 and ::1. */
export function isLoopback(ip: Uint8Array): boolean {
  return ip.length === 4 ? ip[0] === 127 : ip[15] === 1 && ip.every((octet, at) => octet === 0 || at === 15);
}
