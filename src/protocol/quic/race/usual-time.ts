// Times that lines are given in a race of QUIC, beside their own history.

/** How long a way may take to open before its line is late, besides, in ms: a proxy is connected to, and asked. */
export const OPENING_MS = 500;
