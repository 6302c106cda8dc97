// How a connection is named outside of its actor, so that the name is never another connection's: its actor, its place there,
// which others take later, and its serial number, which none has again. Pure.

export interface ConnectionId {
  readonly actor: number;
  readonly slot: number;
  /**
   * Rises with each connection of the actor, and begins with the time of its start in µs, so that a restarted actor, or another
   * process, gives none again.
   */
  readonly serial: number;
}

const RADIX = 36;
const FORM = /^(\d{1,4})-([0-9a-z]{1,6})-([0-9a-z]{1,11})$/;

/** For people and programs to give back, not to take apart. */
export function formatConnectionId({ actor, slot, serial }: ConnectionId): string {
  return `${actor}-${slot.toString(RADIX)}-${serial.toString(RADIX)}`;
}

/** Undefined for a text that `formatConnectionId` does not make. */
export function parseConnectionId(text: string): ConnectionId | undefined {
  const [, actor, slot, serial] = FORM.exec(text) ?? [];
  if (serial === undefined) return undefined;
  const id = {
    actor: Number(actor),
    slot: Number.parseInt(slot, RADIX),
    serial: Number.parseInt(serial, RADIX),
  };
  return Number.isSafeInteger(id.serial) ? id : undefined;
}
