// The listening socket at which the gateway is looked at. It is main's, so that it outlives a dead actor and goes to the next
// process. Nothing is served here.
import { bindListener, closeFd, localEndpoint, startListening } from '../../linux/sockets.js';
import { formatEndpoint, parseIp } from '../../protocol/address/address.js';
import type { ListenPlace } from '../../protocol/listen-options.js';
import { isSame, type LeftListener } from '../accept/left.js';
import { bindFile, changeMode, removeFile, type SocketFile } from '../accept/socket-file.js';
import { type Failed, failed } from '../process/done.js';

const BACKLOG = 64;

export type Opened = { readonly code: 'open'; readonly socket: AdminSocket } | Failed;

export class AdminSocket {
  readonly fd: number;
  readonly place: ListenPlace;
  readonly #file: SocketFile | undefined;

  private constructor(fd: number, place: ListenPlace, file?: SocketFile) {
    this.fd = fd;
    this.place = place;
    this.#file = file;
  }

  /** `message`: a sentence for the user. */
  static open(place: ListenPlace): Opened {
    const where = place.kind === 'unix' ? `unix:${place.path}` : formatEndpoint(place.host, place.port);
    const refused = (why: string): Failed => failed(`admin.listen: cannot listen on ${where}: ${why}`);
    const bound = place.kind === 'unix' ? bindFile(place) : bindInternet(place.host, place.port);
    if (bound.code === 'failed') return refused(bound.message);
    const { fd, file } = bound;
    const listening = startListening(fd, BACKLOG);
    if (listening.code === 'done') return { code: 'open', socket: new AdminSocket(fd, place, file) };
    closeFd(fd);
    if (file !== undefined) removeFile(file);
    return refused(listening.error);
  }

  /** That of the process whose place this one takes; undefined for one of another place, which is closed. */
  static inherit(place: ListenPlace | null, left: LeftListener | undefined): AdminSocket | undefined {
    if (left === undefined) return undefined;
    // Still the other process's.
    const file = left.file && { ...left.file, isOthers: true };
    if (place !== null && isSame(place, left.place)) return new AdminSocket(left.fd, place, file);
    closeFd(left.fd);
    return undefined;
  }

  /** Where it is, for people. */
  get title(): string {
    if (this.place.kind === 'unix') return `unix:${this.place.path}`;
    const endpoint = localEndpoint(this.fd);
    const port = typeof endpoint === 'number' ? this.place.port : endpoint.port;
    return `http://${formatEndpoint(this.place.host, port)}`;
  }

  /** The process that has left it accepts no more: its file is this one's. */
  own(): void {
    if (this.#file === undefined || this.place.kind !== 'unix') return;
    this.#file.isOthers = false;
    changeMode(this.#file, this.place.mode);
  }

  /** What another process needs to serve there in the place of this one. */
  get left(): LeftListener {
    return { fd: this.fd, place: this.place, file: this.#file, isPassed: false };
  }

  /** `isOthers`: another process serves there. */
  close(isOthers = false): void {
    closeFd(this.fd);
    if (!isOthers) this.remove();
  }

  /** Removes what would outlive the process. */
  remove(): void {
    if (this.#file !== undefined) removeFile(this.#file);
  }
}

function bindInternet(
  host: string,
  port: number,
): { readonly code: 'bound'; readonly fd: number; readonly file?: undefined } | Failed {
  const ip = parseIp(host);
  if (ip === undefined) return failed('not an IP address');
  const bound = bindListener(ip, port, 0, false);
  return bound.code === 'failed' ? failed(bound.error) : { code: 'bound', fd: bound.fd };
}
