import { choose, needs } from "../framework/bridge/check";
import { text, textOr } from "../framework/bridge/fields";
import type { BridgedResource, Inputs } from "../framework/bridge/schema";
import type { JsonMap } from "../framework/value";
import { dataAt, fromApi, namespace, noEdgeSlashes, noNamespace, toApi } from "./api";
import type { Session } from "./session";

const inputs: Inputs = {
  namespace,
  backend: { type: "string", default: "kubernetes", forceNew: true, validate: noEdgeSlashes },
  kubernetesHost: { type: "string", required: true },
  kubernetesCaCert: { type: "string", computed: true },
  tokenReviewerJwt: { type: "string", secret: true },
  tokenReviewerJwtWo: { type: "string", secret: true, writeOnly: true },
  tokenReviewerJwtWoVersion: { type: "integer" },
  pemKeys: { type: { list: "string" } },
  issuer: { type: "string" },
  disableIssValidation: { type: "boolean", computed: true },
  disableLocalCaJwt: { type: "boolean", computed: true },
  useAnnotationsAsAliasMetadata: { type: "boolean", computed: true },
};

const FIELDS = [
  "kubernetesHost",
  "kubernetesCaCert",
  "pemKeys",
  "issuer",
  "disableIssValidation",
  "disableLocalCaJwt",
  "useAnnotationsAsAliasMetadata",
] as const;

/** How an auth method reaches its cluster. Vault never tells the token again, and keeps all this after a delete. */
export const kubernetesConfig: BridgedResource<Session> = {
  half: "sdk",
  inputs,
  outputs: {},
  validate: (given) => [
    ...noNamespace(given),
    ...choose(given, ["tokenReviewerJwt", "tokenReviewerJwtWo"], false),
    ...needs(given, "tokenReviewerJwtWo", "tokenReviewerJwtWoVersion"),
    ...needs(given, "tokenReviewerJwtWoVersion", "tokenReviewerJwtWo"),
  ],

  async create(wanted, { client }) {
    const id = `auth/${text(wanted, "backend")}/config`;
    await client.write(id, body(wanted, {}));
    return { id };
  },

  async read(id, prior, session) {
    const data = await dataAt(session, id);
    if (data === undefined) return undefined;
    const backend = id.replace(/^auth\//, "").replace(/\/config$/, "");
    return { ...fromApi(inputs, FIELDS, data, prior), backend };
  },

  async update(id, olds, news, { client }) {
    await client.write(id, body(news, olds));
    return undefined;
  },

  delete: () => Promise.resolve(),
};

function body(news: JsonMap, olds: JsonMap): JsonMap {
  const version = "tokenReviewerJwtWoVersion";
  const fresh = (news[version] ?? null) !== (olds[version] ?? null);
  const jwt = textOr(news, "tokenReviewerJwt", fresh ? textOr(news, "tokenReviewerJwtWo", undefined) : undefined);
  return { ...toApi(inputs, FIELDS, news, olds), ...(jwt !== undefined && { token_reviewer_jwt: jwt }) };
}
