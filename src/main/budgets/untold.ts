// What has been carried since another process was told, for that process.
import type { Uses } from '../../protocol/budget/usage.js';

export class Untold {
  #lines = new Map<string, number>();
  #users = new Map<string, number>();

  add({ lines, users }: Uses): void {
    for (const { identity, bytes } of lines) this.#lines.set(identity, (this.#lines.get(identity) ?? 0) + bytes);
    for (const { user, bytes } of users) this.#users.set(user, (this.#users.get(user) ?? 0) + bytes);
  }

  /** Undefined where there is nothing; afterwards it has been told. */
  take(): Uses | undefined {
    if (this.#lines.size === 0 && this.#users.size === 0) return undefined;
    const lines = [...this.#lines].map(([identity, bytes]) => ({ identity, bytes }));
    const users = [...this.#users].map(([user, bytes]) => ({ user, bytes }));
    this.#lines = new Map();
    this.#users = new Map();
    return { lines, users };
  }
}
