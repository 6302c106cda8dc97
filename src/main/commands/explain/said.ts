// Collects the warnings of the gateway that `tcproute explain` runs, as sentences.
import { createLogger } from '../../process/log.js';

/** The fields of a warning of the gateway that are used here. */
interface Warned {
  readonly msg: string;
  /** The name of the line, and the address that it dialled. */
  readonly line?: string;
  readonly address?: string;
  readonly detail?: string;
}

export class Said {
  readonly warnings: string[] = [];
  readonly log = createLogger('warn', { write: (line) => this.#hear(line) });
  readonly warn = (message: string): void => void this.warnings.push(message);

  #hear(line: string): void {
    this.warn(warningOf(JSON.parse(line) as Warned));
  }
}

/** The line stands before what is said of it, unless that begins with the line itself. */
function warningOf({ msg, line, address, detail }: Warned): string {
  const said = detail === undefined ? msg : `${msg}: ${detail}`;
  if (line === undefined || msg.startsWith(`line ${JSON.stringify(line)}`)) return said;
  return `line "${line}"${address === undefined ? '' : ` at ${address}`}: ${said}`;
}
