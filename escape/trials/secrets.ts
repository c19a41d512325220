import type { Manifest } from "@estate/clients";
import { serviceAccount } from "../guarded-cluster";
import { life, withLives } from "./life";
import { creates, home, object, patches, type Attack, type Trial } from "../attack";

const eso = "external-secrets.io/v1";

const store = ({ vault = {}, jwt = {}, reader = {}, provider }: Record<string, object> = {}): Manifest =>
  object(eso, "SecretStore", {
    spec: {
      provider: provider ?? {
        vault: {
          server: "https://vault.example.com",
          path: "acme",
          version: "v2",
          auth: {
            jwt: {
              path: "acme-dev",
              role: home,
              kubernetesServiceAccountToken: {
                serviceAccountRef: { name: "secret-reader", audiences: ["vault"], ...reader },
                expirationSeconds: 600,
              },
              ...jwt,
            },
          },
          ...vault,
        },
      },
    },
  });

const secret = (spec: object): Manifest =>
  object(eso, "ExternalSecret", {
    spec: {
      secretStoreRef: { kind: "SecretStore", name: "vault" },
      target: { name: "tried" },
      data: [{ secretKey: "a", remoteRef: { key: "x" } }],
      ...spec,
    },
  });

const tried =
  (twin: Manifest) =>
  (threat: number, what: string, made: Manifest, reason: string): Attack => ({
    threat,
    what,
    attempt: creates(made),
    reason,
    twin: creates(twin),
  });

const ofStore = tried(store());
const ofSecret = tried(secret({}));
const away = "a store reads from the estate's Vault";
const role = "a store reads with the home's own role";
const shared = { kind: "ClusterSecretStore", name: "all" };
const ownStore = "an external secret uses a SecretStore of its own namespace";

const provided = (name: string, spec: object): Attack =>
  ofStore(35, `a store of provider ${name}`, store({ provider: { [name]: spec } }), away);

const secretStores: Trial = {
  guardrail: "secret-stores",
  attacks: [
    provided("fake", { data: [{ key: "a", value: "b" }] }),
    provided("webhook", { url: "http://169.254.169.254/", result: { jsonPath: "$" } }),
    provided("kubernetes", { remoteNamespace: "kube-system", auth: { serviceAccount: { name: "default" } } }),
    ofStore(35, "a store of another Vault", store({ vault: { server: "https://evil.example" } }), away),
    ofStore(
      36,
      "a store with another namespace's authority",
      store({ vault: { caProvider: { type: "Secret", name: "x", key: "y", namespace: "kube-system" } } }),
      away,
    ),
    ofStore(35, "a store of another mount", store({ vault: { path: "sys" } }), role),
    ofStore(35, "a store with a neighbour's role", store({ jwt: { role: "team-ab-dev" } }), role),
    ofStore(35, "a store that reads as another account", store({ reader: { name: "reconciler" } }), role),
    ofStore(
      35,
      "a store with a token of its own",
      store({ vault: { auth: { tokenSecretRef: { name: "x", key: "y" } } } }),
      role,
    ),
    ofSecret(35, "a cluster's store", secret({ secretStoreRef: shared }), ownStore),
    ofSecret(
      35,
      "a cluster's store for one key",
      secret({ data: [{ secretKey: "a", remoteRef: { key: "x" }, sourceRef: { storeRef: shared } }] }),
      ownStore,
    ),
    ofSecret(
      35,
      "a cluster's store for many keys",
      secret({ dataFrom: [{ extract: { key: "x" }, sourceRef: { storeRef: shared } }] }),
      ownStore,
    ),
    ofSecret(
      35,
      "a generator of the cluster",
      secret({
        dataFrom: [
          {
            sourceRef: {
              generatorRef: {
                apiVersion: "generators.external-secrets.io/v1alpha1",
                kind: "ClusterGenerator",
                name: "x",
              },
            },
          },
        ],
      }),
      "an external secret is made by one of",
    ),
    ofSecret(
      36,
      "a ServiceAccount's token by a template",
      secret({ target: { name: "tried", template: { type: "kubernetes.io/service-account-token" } } }),
      "none for a ServiceAccount's token",
    ),
    ofSecret(
      6,
      "writing into a Secret that is there",
      secret({ target: { name: "git-credentials", creationPolicy: "Merge" } }),
      "creationPolicy Owner",
    ),
    ofSecret(
      6,
      "the platform's mark by a template",
      secret({ target: { template: { metadata: { labels: { "estate.dev/managed": "true" } } } } }),
      "labels and annotations of estate.dev are the platform's",
    ),
  ],
  controls: [
    {
      what: "a generator that asks nobody",
      attempt: creates(
        secret({
          dataFrom: [
            {
              sourceRef: {
                generatorRef: { apiVersion: "generators.external-secrets.io/v1alpha1", kind: "Password", name: "x" },
              },
            },
          ],
        }),
      ),
    },
    {
      what: "External Secrets' finalizer on the platform's own",
      attempt: patches(
        object(eso, "ExternalSecret", {}, { name: "git-credentials" }),
        { metadata: { finalizers: ["externalsecrets.external-secrets.io/externalsecret-cleanup"] } },
        serviceAccount("external-secrets", "external-secrets"),
      ),
    },
  ],
};

const typed = (type: string): Manifest =>
  object("v1", "Secret", { type }, { annotations: { "kubernetes.io/service-account.name": "reconciler" } });

const tokenSecrets: Trial = {
  guardrail: "token-secrets",
  attacks: [
    {
      threat: 12,
      what: "a Secret that asks for a token",
      attempt: creates(typed("kubernetes.io/service-account-token")),
      reason: "a Secret may not ask for a ServiceAccount's token",
      twin: creates(typed("Opaque")),
    },
  ],
  controls: [
    { what: "the platform's", attempt: { verb: "create", object: typed("kubernetes.io/service-account-token") } },
  ],
};

/** Where secrets come from, and what they are. */
export const secrets: readonly Trial[] = [
  withLives(
    secretStores,
    life(
      { threat: 35, what: "a store of another mount", reason: role },
      "store",
      store({ vault: { path: "sys" } }),
      store(),
      { older: false },
    ),
    life(
      { threat: 35, what: "a cluster's store", reason: ownStore },
      "secret",
      secret({ secretStoreRef: shared }),
      secret({}),
      {
        older: false,
      },
    ),
  ),
  tokenSecrets,
];
