import type { Mirror } from "../../model/mirror";

/** A database or a cache that is managed by somebody else: chart 10 brings none. */
export interface DataService {
  /** Absent where AWS chooses it: then the run adds it. */
  readonly host?: string;
  readonly port: number;
  readonly username?: string;
  readonly database?: string;
  readonly tls: boolean;
}

/** Where it goes. */
export interface ServicePlace {
  readonly host: string;
  readonly ownAuthority: boolean;
  readonly mirror?: Mirror | undefined;
  /** Whether people log in by the estate's identity provider. */
  readonly singleSignOn: boolean;
  /** The last day of the first credential. */
  readonly expires: string;
}

/** The Secret of a service's namespace that holds the certificate of one's own authority, key `ca.crt`. */
export const authoritySecret = "platform-authority";
