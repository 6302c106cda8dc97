// One place that log lines go to: a stream of the process, or a file, which can be opened again by its path after it was
// renamed. It makes no lines: see log.ts.
import { accessSync, close, closeSync, constants, existsSync, fstat, fstatSync, open, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { isatty } from 'node:tty';
import { promisify } from 'node:util';
import { DONE, type Done, type Failed, failed } from './done.js';
import { LogWriter, type LogWriterParts, outputTo } from './log-writer.js';

const STREAMS: Readonly<Record<string, number>> = { stdout: 1, stderr: 2 };
/** O_NONBLOCK: a named pipe that nobody reads is an error instead of a wait. */
const FLAGS = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOCTTY | constants.O_NONBLOCK;
/** For the owner, and for the group, which often is that of those who read logs. */
const MODE = 0o640;

export interface Destination {
  readonly fd: number;
  /** Undefined for a stream. */
  readonly path: string | undefined;
  readonly isTerminal: boolean;
}

/** Opens a destination as the configuration has it: `stdout`, `stderr`, or a path. */
export function openDestination(destination: string): { readonly code: 'opened'; readonly to: Destination } | Failed {
  const stream = Object.hasOwn(STREAMS, destination) ? STREAMS[destination] : undefined;
  if (stream !== undefined) return opened(stream, undefined);
  try {
    return opened(openSync(destination, FLAGS, MODE), destination);
  } catch (error) {
    return failed(whyNot(destination, error));
  }
}

/** The same in libuv's threads, since a disk may hang. */
export async function openDestinationApart(destination: string): Promise<ReturnType<typeof openDestination>> {
  if (Object.hasOwn(STREAMS, destination)) return openDestination(destination);
  try {
    return opened(await openFile(destination, FLAGS, MODE), destination);
  } catch (error) {
    return failed(whyNot(destination, error));
  }
}

function opened(fd: number, path: string | undefined) {
  return { code: 'opened', to: { fd, path, isTerminal: isatty(fd) } } as const;
}

function whyNot(path: string, error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  const hint = code === 'ENXIO' ? ': it is a socket, or a pipe that nobody reads' : '';
  return `${path} cannot be opened for the log (${code ?? message})${hint}`;
}

/** Why a start could not open a destination, for `tcproute check`, which makes no file; undefined if it seems that it can. */
export function whyNotOpened(destination: string): string | undefined {
  if (Object.hasOwn(STREAMS, destination)) return undefined;
  try {
    accessSync(existsSync(destination) ? destination : dirname(destination), constants.W_OK);
    return undefined;
  } catch (error) {
    return whyNot(destination, error);
  }
}

const openFile = promisify(open);
const statFd = promisify(fstat);

export class LogOutlet {
  readonly writer: LogWriter;
  readonly isTerminal: boolean;
  readonly #path: string | undefined;
  #fd: number;
  /** The opening that is under way, and the one that begins after it. */
  #opening: Promise<Done> | undefined;
  #next: Promise<Done> | undefined;

  /** `output`: for tests, in place of one to the descriptor. */
  constructor({ fd, path, isTerminal }: Destination, parts: Omit<LogWriterParts, 'output'>, output = outputTo(fd)) {
    this.#fd = fd;
    this.#path = path;
    this.isTerminal = isTerminal;
    this.writer = new LogWriter({ ...parts, output });
  }

  get isFile(): boolean {
    return this.#path !== undefined;
  }

  /** As it is open now. */
  get destination(): Destination {
    return { fd: this.#fd, path: this.#path, isTerminal: this.isTerminal };
  }

  /**
   * Opens a file again by its path, where there may be another one now: later lines go there, and earlier ones to the old file
   * first. If it cannot be opened, all goes on with the old one. Of many calls during one opening, one more follows.
   */
  reopen(): Promise<Done> {
    if (this.#path === undefined) return Promise.resolve(DONE);
    if (this.#opening === undefined) return this.#begin(this.#path);
    const path = this.#path;
    this.#next ??= this.#opening.then(() => {
      this.#next = undefined;
      return this.#begin(path);
    });
    return this.#next;
  }

  #begin(path: string): Promise<Done> {
    this.#opening = this.#openAgain(path).finally(() => {
      this.#opening = undefined;
    });
    return this.#opening;
  }

  async #openAgain(path: string): Promise<Done> {
    const again = await openDestinationApart(path);
    if (again.code === 'failed') return again;
    const { fd } = again.to;
    if (await isSame(fd, this.#fd)) {
      close(fd);
      return DONE;
    }
    const old = this.#fd;
    this.#fd = fd;
    await this.writer.change(outputTo(fd));
    close(old);
    return DONE;
  }

  /** Closes a file. Nothing may be written after it. */
  close(): void {
    closeDestination(this.destination);
  }

  /**
   * Has what waits written, for at most `timeout_ms`, and closes a file. What comes later is dropped: the number of the file may be
   * somebody else's. Resolves when the file is closed: never, while a write to it hangs.
   */
  async retire(timeout_ms: number): Promise<void> {
    await (this.#next ?? this.#opening);
    await this.writer.end(timeout_ms);
    await this.writer.giveUp();
    this.close();
  }
}

/** Whether two descriptors are of one file. */
export async function isSame(one: number, other: number): Promise<boolean> {
  const [a, b] = await Promise.all([statFd(one), statFd(other)]);
  return a.dev === b.dev && a.ino === b.ino;
}

/** Whether two destinations are one file, by whatever names. */
export function areOne(one: Destination, other: Destination): boolean {
  const [a, b] = [fstatSync(one.fd), fstatSync(other.fd)];
  return a.dev === b.dev && a.ino === b.ino;
}

export function closeDestination({ fd, path }: Pick<Destination, 'fd' | 'path'>): void {
  if (path !== undefined) closeSync(fd);
}
