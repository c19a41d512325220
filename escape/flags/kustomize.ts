import { randomBytes } from "node:crypto";
import type { Manifest } from "@estate/clients";
import { askedWhoItIs, content, fetched, made, noIdentity, object, others, own, secret } from "./attack";
import type { FlagAttack, FlagGap, Scene } from "./attack";
import { encryptedConfigMap } from "./sops";

const controller = "kustomize-controller";

const kustomization = (name: string, source: string, spec: object = {}): Manifest =>
  object("kustomize.toolkit.fluxcd.io/v1", "Kustomization", name, {
    spec: {
      interval: "1h",
      retryInterval: "1s",
      prune: false,
      path: "./",
      targetNamespace: own,
      serviceAccountName: "reconciler",
      sourceRef: { kind: "GitRepository", name: source },
      ...spec,
    },
  });

const file = (text: object | string): Record<string, string> => ({
  "object.yaml": typeof text === "string" ? text : JSON.stringify(text),
});

/** Names of the round: of the source, of what it holds, and of what applies it. */
const named = ({ round }: Scene, what: string): string => `${what}-${round}`;

const applied =
  (what: string, namespace = own, said?: string): FlagAttack["through"] =>
  (scene) =>
    made(scene, named(scene, what), namespace, kustomization(named(scene, what), ""), said);

/** One that says nothing unusual, of the tenant's own source. */
const conforming = (what: string, spec: object = {}): FlagAttack["twin"]["objects"] => {
  return (scene) => {
    const name = named(scene, what);
    return [fetched(scene, "GitRepository", name, file(content(name))), kustomization(name, name, spec)];
  };
};

/** Keys of SOPS: one of AWS, which opens to whom AWS knows; and the tenant's own in a Vault. */
const cloudKey = {
  kms: [
    {
      arn: "arn:aws:kms:eu-central-1:111122223333:key/11111111-2222-3333-4444-555555555555",
      created_at: "2026-01-01T00:00:00Z",
      enc: Buffer.from("the platform's own").toString("base64"),
      aws_profile: "",
    },
  ],
};
const vaultKey = (vault_address: string, key_name: string): object => ({
  hc_vault: [
    { vault_address, engine_path: "transit", key_name, created_at: "2026-01-01T00:00:00Z", enc: "vault:v1:AAAA" },
  ],
});

const encrypted = (scene: Scene, what: string, keys: object, spec: object): Manifest[] => {
  const name = named(scene, what);
  const key = randomBytes(32);
  scene.outside.keep(name, key);
  const text = JSON.stringify(encryptedConfigMap(name, "hello", key, keys));
  return [
    fetched(scene, "GitRepository", name, file(text)),
    kustomization(name, name, { decryption: { provider: "sops", ...spec } }),
  ];
};

/** What kustomize-controller's flags refuse. */
export const kustomizeAttacks: readonly FlagAttack[] = [
  {
    controller,
    flag: "--no-cross-namespace-refs",
    threat: 20,
    what: "a Kustomization that takes what another tenant's source holds",
    objects: (scene) => {
      const name = named(scene, "across");
      return [
        fetched(scene, "GitRepository", name, file(content(name)), others),
        kustomization(name, name, { sourceRef: { kind: "GitRepository", name, namespace: others } }),
      ];
    },
    reason: /AccessDenied: .*cross-namespace references have been blocked/,
    through: applied("across"),
    twin: { what: "one of its own source", objects: conforming("across-twin"), done: applied("across-twin") },
  },
  {
    controller,
    flag: "--no-remote-bases",
    threat: 23,
    what: "a source that brings what stands in somebody else's repository",
    objects: (scene) => {
      const name = named(scene, "remote");
      const base = `${scene.outside.address}/git/${name}.git?ref=main`;
      const overlay = { resources: [base], namePrefix: `${name}-` };
      const files = { "kustomization.yaml": JSON.stringify(overlay) };
      return [fetched(scene, "GitRepository", name, files), kustomization(name, name)];
    },
    reason: /Ready False BuildFailed: .*fs-security-constraint .* is not in or below/,
    through: (scene) => {
      const name = named(scene, "remote");
      return made(scene, `${name}-base`, own, kustomization(name, ""));
    },
    twin: {
      what: "one that brings what stands beside it",
      objects: (scene) => {
        const name = named(scene, "remote-twin");
        const files = { "kustomization.yaml": JSON.stringify({ resources: ["object.yaml"] }), ...file(content(name)) };
        return [fetched(scene, "GitRepository", name, files), kustomization(name, name)];
      },
      done: applied("remote-twin"),
    },
  },
  {
    controller,
    flag: "--default-service-account",
    threat: 21,
    what: "a Kustomization without an account that writes into another tenant's namespace",
    objects: (scene) => {
      const name = named(scene, "account");
      return [
        fetched(scene, "GitRepository", name, file(content(name, others))),
        kustomization(name, name, { serviceAccountName: undefined, targetNamespace: undefined }),
      ];
    },
    reason: new RegExp(`User "system:serviceaccount:${own}:default" cannot \\w+ resource "configmaps"`),
    through: applied("account", others),
    twin: {
      what: "one that names its account, in its own namespace",
      objects: conforming("account-twin"),
      done: applied("account-twin"),
    },
  },
  {
    controller,
    flag: "--default-decryption-service-account",
    threat: 22,
    what: "a file whose key opens to the platform's identity on AWS",
    objects: (scene) => encrypted(scene, "sealed", cloudKey, {}),
    reason: noIdentity("default"),
    through: askedWhoItIs,
    twin: {
      what: "one whose key is its own",
      objects: (scene) => [
        secret(named(scene, "sealed-twin"), { "sops.vault-token": "its own" }),
        ...encrypted(scene, "sealed-twin", vaultKey(scene.outside.address, named(scene, "sealed-twin")), {
          secretRef: { name: named(scene, "sealed-twin") },
        }),
      ],
      done: applied("sealed-twin"),
    },
  },
  {
    controller,
    flag: "--default-kubeconfig-service-account",
    threat: 22,
    what: "a Kustomization for a cluster that is open to the platform's identity on AWS",
    objects: (scene) => {
      const name = named(scene, "cluster");
      return [
        cloudCluster(name),
        fetched(scene, "GitRepository", name, file(content(name))),
        kustomization(name, name, { kubeConfig: { configMapRef: { name } } }),
      ];
    },
    reason: noIdentity("default"),
    through: askedWhoItIs,
    twin: {
      what: "one for a cluster that knows the account it names",
      objects: async (scene) => {
        const name = named(scene, "cluster-twin");
        return [
          await knownCluster(scene, name),
          fetched(scene, "GitRepository", name, file(content(name))),
          kustomization(name, name, { kubeConfig: { configMapRef: { name } } }),
        ];
      },
      done: applied("cluster-twin"),
    },
  },
];

/**
 * kustomize reads a file by its address before it looks at any file system (api/internal/loader/fileloader.go, Load), and
 * the flag only changes the file system. It stops what was cloned from being read, and no download.
 */
export const kustomizeGaps: readonly FlagGap[] = [
  {
    controller,
    flag: "--no-remote-bases",
    threat: 23,
    what: "a source that brings a single file by its address",
    objects: (scene) => {
      const name = named(scene, "download");
      const address = scene.outside.serve(`/files/${name}.yaml`, JSON.stringify(content(name)));
      const files = { "kustomization.yaml": JSON.stringify({ resources: [address] }) };
      return [fetched(scene, "GitRepository", name, files), kustomization(name, name)];
    },
    through: applied("download"),
  },
];

/** A cluster of AWS, as what whoever AWS knows enters it. */
export const cloudCluster = (name: string): Manifest =>
  object("v1", "ConfigMap", name, {
    data: { provider: "aws", cluster: "arn:aws:eks:eu-central-1:111122223333:cluster/acme-dev" },
  });

/** This cluster by its address, entered as the account `remote`. */
export async function knownCluster({ client, certificate }: Scene, name: string): Promise<Manifest> {
  const { body } = await client.request("GET", "/.well-known/openid-configuration");
  return object("v1", "ConfigMap", name, {
    data: {
      provider: "generic",
      address: client.server.origin,
      "ca.crt": certificate,
      audiences: (body as { readonly issuer: string }).issuer,
      serviceAccountName: "remote",
    },
  });
}
