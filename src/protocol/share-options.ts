// What this gateway shares with the others of its site, and over which engine. The meaning, range and default of each key are in
// main/config/checks/share/ (docs/config.md). Types only.

/** Where the engine is: one server, some nodes of a cluster, or sentinels. */
export type EngineKind = 'single' | 'cluster' | 'sentinel';

/** What a limit of the site is while the engine is away and the lease has run out: see docs/fleet.md. */
export type OnLoss = 'local-share' | 'allow' | 'deny';

export type EnginePlace = (
  | { readonly kind: 'internet'; readonly host: string; readonly port: number; readonly tls: boolean }
  | { readonly kind: 'unix'; readonly path: string }
) & {
  /** As the URL has them. */
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly database: number;
};

/** What a file has, with its path as it is written. */
export interface SecretFile {
  readonly path: string;
  readonly secret: string;
}

/** A file in PEM. */
export interface PemFile {
  readonly path: string;
  readonly pem: string;
}

/** A gateway of the site. `key`: the 32 bytes of its Ed25519 public key (RFC 8032), in base64. */
export interface SiteGateway {
  readonly name: string;
  readonly key: string;
}

export interface ShareOptions {
  /** Null: nothing is shared. */
  readonly url: readonly EnginePlace[] | null;
  readonly kind: EngineKind;
  readonly sentinel_name: string | null;
  /** For a name and a password that the URL does not have. */
  readonly username: string | null;
  readonly password_file: SecretFile | null;
  readonly ca_file: PemFile | null;
  readonly cert_file: PemFile | null;
  readonly key_file: SecretFile | null;
  /** The name that the certificate of the engine must have, where it is not the host. */
  readonly tls_name: string | null;
  readonly site: string;
  /** The name of this gateway in its site. */
  readonly gateway: string;
  /** Of the whole site; null only where nothing is shared. */
  readonly secret_file: SecretFile | null;
  /** An Ed25519 private key in PEM (PKCS #8); null: this gateway tells no news. */
  readonly sign_key_file: SecretFile | null;
  /** All gateways of the site. */
  readonly gateways: readonly SiteGateway[];
  readonly routes: boolean;
  readonly news: boolean;
  readonly limits: boolean;
  readonly on_loss: OnLoss;
}
