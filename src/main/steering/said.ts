// What the log says of what an operator has set by hand. Pure.
import type { NamedLine, NamedSteering } from '../../protocol/steering/named.js';
import type { Steering, SteeringChange } from '../../protocol/steering/steering.js';

/** Lines that are named in one message. */
const NAMED_MAX = 10;

export interface Said {
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

const quoted = (text: string): string => JSON.stringify(text);

/** `after`: what is set now. */
export function changeSaid(what: SteeringChange, after: Steering, lines: readonly NamedLine[]): Said {
  const nameOf = (line: number): string => lines.find(({ number }) => number === line)?.name ?? '';
  switch (what.kind) {
    case 'pause': {
      const left = lines.filter(({ number }) => !after.paused.includes(number)).length;
      const rest = left === 0 ? ', and no line is left: every connection fails' : '';
      const line = nameOf(what.line);
      const message = `line ${quoted(line)} is paused: new connections do not use it, live ones go on${rest}`;
      return { message, fields: { line, lines_left: left } };
    }
    case 'resume': {
      const line = nameOf(what.line);
      return { message: `line ${quoted(line)} is no longer paused`, fields: { line } };
    }
    case 'pin': {
      const line = nameOf(what.line);
      const message = `connections are pinned to line ${quoted(line)}: those that may use it use no other, also while it fails`;
      return { message, fields: { line } };
    }
    case 'unpin':
      return { message: 'connections are no longer pinned to a line', fields: {} };
    case 'pin-destination': {
      const { destination } = what;
      const line = nameOf(what.line);
      const message = `${destination} is pinned to line ${quoted(line)}: connections that may use it use no other, also while it fails`;
      return { message, fields: { destination, line } };
    }
    case 'unpin-destination': {
      const { destination } = what;
      return { message: `${destination} is no longer pinned to a line`, fields: { destination } };
    }
    default:
      return what satisfies never;
  }
}

/** What is no longer set, because its line is gone. By names. */
export function goneSaid(before: NamedSteering, after: NamedSteering): readonly Said[] {
  const paused = before.paused.filter((line) => !after.paused.includes(line));
  const kept = new Set(after.pins.map(({ destination }) => destination));
  const pins = before.pins.filter(({ destination }) => !kept.has(destination));
  const pinned = before.pinned !== undefined && after.pinned === undefined ? [before.pinned] : [];
  return [
    ...paused.map((line) => ({ message: `line ${quoted(line)} is gone, and with it its pause`, fields: { line } })),
    ...pinned.map((line) => ({
      message: `line ${quoted(line)} is gone: connections are no longer pinned to it`,
      fields: { line },
    })),
    ...(pins.length === 0
      ? []
      : [{ message: 'destinations were pinned to a line that is gone', fields: pinFields(pins) }]),
  ];
}

const pinFields = (pins: NamedSteering['pins']) => ({
  destinations: pins.length,
  lines: [...new Set(pins.map(({ line }) => line))].slice(0, NAMED_MAX),
});
