// The registrable domain of a name by the public suffix list (https://publicsuffix.org), with the private part of the list, so
// that two tenants of one hoster are two sites. The list is a library of some megabytes, which is loaded only where it is needed.

/** Null for a name without a registrable domain. */
export type DomainOf = (host: string) => string | null;

export async function loadDomainOf(): Promise<DomainOf> {
  const { getDomain } = await import('tldts');
  // The host has been checked already, and is no URL.
  const options = { allowPrivateDomains: true, extractHostname: false, validateHostname: false, detectIp: false };
  return (host) => getDomain(host, options);
}
