// What the kernel says of network interfaces, as the links of lines are judged by it. Types only.

export interface InterfaceAddress {
  /** 4 or 16 bytes. */
  readonly ip: Uint8Array;
  /** Its preferred lifetime is over. */
  readonly isDeprecated: boolean;
  /** Of IPv6: made for privacy. Of IPv4: not the first one of its network. */
  readonly isTemporary: boolean;
}

export interface InterfaceState {
  readonly index: number;
  readonly name: string;
  /** It is switched on. */
  readonly isUp: boolean;
  /** It can pass packets. */
  readonly isRunning: boolean;
  /** Those that may be used, in the order of the kernel. */
  readonly addresses: readonly InterfaceAddress[];
}

/** Of the interfaces and addresses that were asked for. */
export interface NetworkState {
  readonly interfaces: ReadonlyMap<string, InterfaceState>;
  /** The interfaces that have these addresses, in their order. */
  readonly homes: readonly (InterfaceState | undefined)[];
}

/** Something has changed: an interface, an address, or a default route out of an interface. */
export type NetworkChange =
  | { readonly kind: 'interface'; readonly index: number; readonly name: string }
  | { readonly kind: 'address'; readonly interface: number; readonly ip: Uint8Array }
  | { readonly kind: 'route'; readonly interface: number; readonly prefix: number };
