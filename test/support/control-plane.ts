import type { Settings } from "../../config/schema";
import type { ServiceSecrets } from "../../model/service-secrets";
import { eksSettings } from "./eks";
import { settings } from "./fixtures";

const data = (host: string) => ({ host });

/** What an estate says that installs everything. */
export const installing = {
  entrance: { issuer: { kind: "acme", email: "platform@example.com", region: "eu-central-1" } },
  addons: { "cert-manager": {}, "gateway-crds": {}, "envoy-gateway": {} },
  vault: { install: { seal: { kind: "awskms", region: "eu-central-1", keyId: "alias/acme-vault" } } },
  gitlab: {
    parent: "platform/tenants",
    install: {
      postgres: data("gitlab.db.example.com"),
      redis: data("gitlab.redis.example.com"),
      objects: { region: "eu-central-1", bucketPrefix: "acme-gitlab" },
      runner: {},
      accountAnnotations: { "eks.amazonaws.com/role-arn": "arn:aws:iam::111122223333:role/acme-gitlab" },
    },
  },
  registry: {
    kind: "harbor",
    install: {
      postgres: data("harbor.db.example.com"),
      redis: data("harbor.redis.example.com"),
      objects: { region: "eu-central-1", bucket: "acme-harbor" },
    },
  },
  identity: { kind: "oidc", issuer: "https://login.example.com" },
} as const;

/** Its settings, with a change. */
export const installingSettings = (change: Record<string, unknown> = {}): Settings =>
  settings({ ...installing, ...change });

/** The same on EKS, with data that AWS manages. */
export const managedSettings = (change: Record<string, unknown> = {}): Settings =>
  eksSettings({
    ...installing,
    gitlab: {
      parent: "platform/tenants",
      install: { postgres: "managed", redis: "managed", objects: "managed", runner: {} },
    },
    registry: { kind: "harbor", install: { postgres: "managed", redis: "managed", objects: "managed" } },
    ...change,
  });

/** What the person hands over who runs it. */
export const handedOver: ServiceSecrets = {
  gitlabPostgres: "handed-gitlab-postgres",
  gitlabRedis: "handed-gitlab-redis",
  gitlabClient: "handed-gitlab-client",
  harborPostgres: "handed-harbor-postgres",
  harborRedis: "handed-harbor-redis",
  harborClient: "handed-harbor-client",
  upstreamClient: "handed-upstream-client",
};
