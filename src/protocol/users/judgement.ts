// What a connection actor asks of the judge of claims, and the answer. Types only.

/** A claim that the actor does not know to be right. */
export interface OpenClaim {
  /** Without a tag. */
  readonly name: string;
  readonly password: string;
  /** The client's address, in text form: that of its network where the network is one address. */
  readonly client: string;
  /** The client's network, in text form (address/client-network.ts). */
  readonly network: string;
}

export type Judgement =
  /** `mark`: that of the user's entry by which it was judged. */
  | { readonly code: 'known'; readonly mark: string }
  /** `delay_ms`: how long the answer to the client is held back. */
  | { readonly code: 'unknown'; readonly delay_ms: number }
  /** `closed_ms`: for how long no claim of the network will be judged. */
  | { readonly code: 'too-many'; readonly closed_ms: number };

export interface Judge {
  /** Resolves within a bounded time. */
  judge(claim: OpenClaim): Promise<Judgement>;
}
