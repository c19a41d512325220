import type { Principal } from "./access/tokens";
import type { WebhookSender } from "./hooks/sender";
import type { SigningKey } from "./ci/signing-key";
import type { Repositories } from "./git/repositories";
import type { Params } from "./http/params";
import type { Reply } from "./http/reply";
import type { Edition, State } from "./model";
import type { Store } from "./store";

/** One running stand-in. */
export interface Instance {
  readonly edition: Edition;
  readonly version: string;
  /** Where it is reached, without a slash at the end. */
  readonly url: string;
  readonly store: Store;
  readonly state: State;
  readonly repositories: Repositories;
  readonly webhooks: WebhookSender;
  readonly signingKey: SigningKey;
}

/** One call of the API. */
export interface Call {
  readonly gitlab: Instance;
  readonly state: State;
  /** What the route's `:names` stood for, decoded. */
  readonly path: Readonly<Record<string, string>>;
  readonly params: Params;
  readonly address: URL;
  readonly principal: Principal | undefined;
}

/** A route of the API below `/api/v4`. */
export interface Route {
  readonly method: "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Segments separated by slashes; `:name` takes one raw segment. */
  readonly pattern: string;
  /** Scopes that open it beside `api` (and `read_api` for reads). */
  readonly scopes?: readonly string[];
  /** Open without a credential (the handler then decides by visibility). */
  readonly anonymous?: boolean;
  /** Only an `ee` instance has it. */
  readonly licensed?: boolean;
  readonly handle: (call: Call) => Reply | Promise<Reply>;
}
