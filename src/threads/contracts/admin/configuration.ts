// What main tells the admin actor of the configuration. Types only.
import type { LogLevel } from '../../../protocol/options.js';

/**
 * `computed`: the gateway has found the value itself, in place of the one that is `configured`. `admin`: it was set while the gateway
 * ran, until the next reload.
 */
export const SOURCES = ['file', 'environment', 'argument', 'default', 'computed', 'admin'] as const;

export interface ConfiguredValue {
  /** Such as `limits.connections_max`. */
  readonly key: string;
  /** JSON, in which `***` stands for what is secret. */
  readonly value: unknown;
  readonly source: {
    readonly kind: (typeof SOURCES)[number];
    /** The file as it was named, the variable, or the flag. */
    readonly name?: string;
    /** In the file, from 1. */
    readonly line?: number;
  };
  /** What the configuration says instead; absent where that is the value. */
  readonly configured?: unknown;
}

export interface ConfigurationTold {
  /** The file that was read; null where there was none. */
  readonly file: string | null;
  readonly values: readonly ConfiguredValue[];
}

export type ReloadTold =
  | {
      readonly code: 'reloaded';
      /** What has changed, such as `race.stagger_ms` or `line "proxy": added`. */
      readonly changed: readonly string[];
      /** What stays as it was until the gateway is started again. */
      readonly needsRestart: readonly string[];
      readonly warnings: readonly string[];
    }
  | { readonly code: 'refused'; readonly problems: readonly string[]; readonly warnings: readonly string[] };

export type LevelSet = { readonly code: 'set'; readonly before: LogLevel } | { readonly code: 'starting' };
