import { submap, text, textOr } from "../framework/bridge/fields";
import { choose, needs } from "../framework/bridge/check";
import { Unfinished, type BridgedResource, type Inputs } from "../framework/bridge/schema";
import type { CheckFailure } from "../framework/plugin";
import { mapValues, type BareMap, type Json, type JsonMap } from "../framework/value";
import { asJson, changed, fromApi, namespace, noNamespace, toApi, remove } from "./api";
import { enable, mountInputs, path, readAuth, retune, tuneNew } from "./auth-mount";
import type { Session } from "./session";

const inputs: Inputs = {
  namespace,
  ...mountInputs,
  type: { type: "string", default: "jwt", forceNew: true, oneOf: ["jwt", "oidc"] },
  path: { ...path, default: "jwt" },
  boundIssuer: { type: "string" },
  defaultRole: { type: "string" },
  jwksCaPem: { type: "string" },
  jwksPairs: { type: { list: { map: "string" } } },
  jwksUrl: { type: "string" },
  jwtSupportedAlgs: { type: { list: "string" } },
  jwtValidationPubkeys: { type: { list: "string" } },
  namespaceInState: { type: "boolean", computed: true },
  oidcClientId: { type: "string" },
  oidcClientSecret: { type: "string", secret: true },
  oidcClientSecretWo: { type: "string", secret: true, writeOnly: true },
  oidcClientSecretWoVersion: { type: "integer" },
  oidcDiscoveryCaPem: { type: "string" },
  oidcDiscoveryUrl: { type: "string" },
  oidcResponseMode: { type: "string", oneOf: ["query", "form_post"] },
  oidcResponseTypes: { type: { list: "string" } },
  providerConfig: { type: { map: "string" } },
};

/** Where the keys come from: exactly one of them. */
const SOURCES = ["oidcDiscoveryUrl", "jwksUrl", "jwksPairs", "jwtValidationPubkeys"] as const;

const CONFIG = [
  "boundIssuer",
  "defaultRole",
  "jwksCaPem",
  "jwksPairs",
  "jwksUrl",
  "jwtSupportedAlgs",
  "jwtValidationPubkeys",
  "namespaceInState",
  "oidcClientId",
  "oidcDiscoveryCaPem",
  "oidcDiscoveryUrl",
  "oidcResponseMode",
  "oidcResponseTypes",
] as const;

/** What is never read back, or not as it was given. */
const QUIET = ["oidcClientSecret", "oidcClientSecretWoVersion", "providerConfig"] as const;

/** A JWT or OIDC auth method with its configuration. */
export const jwtAuthBackend: BridgedResource<Session> = {
  half: "sdk",
  inputs,
  outputs: { accessor: { type: "string" } },
  validate,

  async create(wanted, session) {
    const at = text(wanted, "path");
    await enable(at, text(wanted, "type"), wanted, session);
    try {
      // Vault fetches discovery documents and key sets right now, and refuses what it cannot reach.
      await session.client.write(`auth/${at}/config`, body(wanted, {}));
      await tuneNew(at, wanted, session);
    } catch (error) {
      throw new Unfinished(at, error);
    }
    return { id: at };
  },

  read: readBackend,

  async update(id, olds, news, session) {
    const at = await retune(inputs, olds, news, session);
    if (changed(inputs, [...CONFIG, ...QUIET], olds, news)) {
      await session.client.write(`auth/${at}/config`, body(news, olds));
    }
    return at === id ? undefined : readBackend(at, news, session);
  },

  delete: (id, _state, session) => remove(session, `sys/auth/${id}`),
};

function validate(given: BareMap): CheckFailure[] {
  const sources = [...SOURCES, ...(given["providerConfig"] === undefined ? [] : ["providerConfig"])];
  const needOne = given["providerConfig"] === undefined;
  return [
    ...noNamespace(given),
    ...choose(given, SOURCES, needOne && sources.every((name) => given[name] === undefined)),
    ...choose(given, ["oidcClientSecret", "oidcClientSecretWo"], false),
    ...needs(given, "oidcClientSecretWo", "oidcClientSecretWoVersion"),
    ...needs(given, "oidcClientSecretWoVersion", "oidcClientSecretWo"),
  ];
}

async function readBackend(id: string, prior: JsonMap, session: Session): Promise<JsonMap | undefined> {
  const found = await readAuth(inputs, id, prior, session);
  if (found === undefined) return undefined;
  const config = asJson((await session.client.read(`auth/${id}/config`))?.data);
  return { ...found, ...fromApi(inputs, CONFIG, config ?? {}, prior) };
}

/** The whole configuration: Vault forgets what is not sent, except the secret it was told without telling us. */
function body(news: JsonMap, olds: JsonMap): JsonMap {
  const version = "oidcClientSecretWoVersion";
  const fresh = (news[version] ?? null) !== (olds[version] ?? null);
  const secret = textOr(news, "oidcClientSecret", fresh ? textOr(news, "oidcClientSecretWo", undefined) : undefined);
  const provider = submap(news, "providerConfig");
  return {
    ...toApi(inputs, CONFIG, news, olds),
    ...(secret !== undefined && { oidc_client_secret: secret }),
    ...(Object.keys(provider).length > 0 && { provider_config: mapValues(provider, typed) }),
  };
}

/** Vault wants booleans and numbers here; the property is a map of texts. */
function typed(value: Json): Json {
  if (value === "true" || value === "false") return value === "true";
  return typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value;
}
