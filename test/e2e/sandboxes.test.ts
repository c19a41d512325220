import type { Manifest } from "@estate/clients";
import { afterAll, beforeAll, expect, it } from "vitest";
import { at, creates, createsAt, deletes, mallory, object, patches } from "../../escape/attack";
import { GuardedCluster, type Attempt, type Person } from "../../escape/guarded-cluster";
import { plan, settings, tenant } from "../support/fixtures";

// A person in a sandbox before a real API server, with the platform's roles and guardrails on it: what the person may do, what
// nobody else may do there, and what guardrails refuse as they do a tenant.

const own = plan(
  [tenant("team-a")],
  settings({
    profiles: { ...settings().profiles, tiny: { quota: { pods: "5" } } },
    registry: { kind: "harbor", alsoFrom: ["docker.io/library/"] },
    sandboxes: {
      cluster: "dev",
      profile: "tiny",
      people: { ada: { user: "oidc:ada@example.com" }, bob: { user: "oidc:bob@example.com" } },
    },
  }),
);
const person = (user: string, ...groups: string[]): Person => ({ user, groups: [...groups, "system:authenticated"] });
const ada = person("oidc:ada@example.com", "engineering");
const bob = person("oidc:bob@example.com", "engineering");
const owner = person("somebody", "team-a-owners", "engineering");
const sandbox = "sandbox-ada";

let cluster: GuardedCluster;
beforeAll(async () => {
  cluster = await GuardedCluster.start(own);
  await cluster.apply(own.sandboxes.flatMap(({ home }) => [home.namespace, ...home.objects]));
  const config = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "hers", namespace: sandbox } };
  // The worst that a RoleBinding can grant.
  const worst = {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "RoleBinding",
    metadata: { name: "worst", namespace: sandbox },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "cluster-admin" },
    subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "User", name: mallory.user }],
  };
  await cluster.apply([config, worst]);
});
afterAll(async () => {
  await cluster.end();
});

const restricted = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ["ALL"] },
  runAsNonRoot: true,
  seccompProfile: { type: "RuntimeDefault" },
};
const pod = (rest: object = {}, security: object = restricted): Manifest =>
  object(
    "v1",
    "Pod",
    {
      spec: {
        automountServiceAccountToken: false,
        containers: [
          {
            name: "main",
            image: "docker.io/library/nginx:1",
            securityContext: security,
            resources: { limits: { cpu: "1", memory: "64Mi" } },
          },
        ],
        ...rest,
      },
    },
    { namespace: sandbox },
  );
const withImage = (image: string): Manifest =>
  pod({ containers: [{ name: "main", image, securityContext: restricted }] });
const configMap = (namespace: string): Manifest => object("v1", "ConfigMap", {}, { namespace });
const in_ = (apiVersion: string, kind: string, name: string): Manifest => at(apiVersion, kind, name, sandbox);
const closing = { spec: { podSelector: {}, policyTypes: ["Egress"], egress: [{}] } };

it.each<[string, Attempt]>([
  ["runs a pod", creates(pod(), ada)],
  [
    "runs a Deployment",
    creates(
      object(
        "apps/v1",
        "Deployment",
        {
          spec: {
            selector: { matchLabels: { a: "b" } },
            template: { metadata: { labels: { a: "b" } }, spec: pod()["spec"] },
          },
        },
        { namespace: sandbox },
      ),
      ada,
    ),
  ],
  ["keeps a Secret", creates(object("v1", "Secret", {}, { namespace: sandbox }), ada)],
  ["changes what is hers", patches(in_("v1", "ConfigMap", "hers"), { data: { a: "b" } }, ada)],
  ["removes what is hers", deletes(in_("v1", "ConfigMap", "hers"), ada)],
])("its person %s", async (_, attempt) => {
  expect(await cluster.says(attempt)).toBe("ok");
});

const rbac = /^403 .*User "[^"]+" cannot \w+ resource/;

it.each<[string, Attempt, Attempt]>([
  ["a person with a sandbox of their own", creates(configMap(sandbox), bob), creates(configMap("sandbox-bob"), bob)],
  ["a tenant's owner", creates(configMap(sandbox), owner), creates(configMap("team-a-dev"), owner)],
  ["its person in a tenant's home", creates(configMap("team-a-dev"), ada), creates(configMap(sandbox), ada)],
  [
    "its person who would share it",
    creates(
      object(
        "rbac.authorization.k8s.io/v1",
        "RoleBinding",
        {
          roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "tenant-view" },
          subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "User", name: bob.user }],
        },
        { namespace: sandbox },
      ),
      ada,
    ),
    creates(configMap(sandbox), ada),
  ],
  [
    "its person who would open its network",
    creates(object("networking.k8s.io/v1", "NetworkPolicy", closing, { namespace: sandbox }), ada),
    creates(configMap(sandbox), ada),
  ],
  [
    "its person who would raise its quota",
    patches(in_("v1", "ResourceQuota", "tenant"), { spec: { hard: { pods: "50" } } }, ada),
    creates(configMap(sandbox), ada),
  ],
  [
    "its person who would have something delivered",
    creates(
      object(
        "kustomize.toolkit.fluxcd.io/v1",
        "Kustomization",
        { spec: { interval: "1m", path: "./", prune: true, sourceRef: { kind: "GitRepository", name: "x" } } },
        { namespace: sandbox },
      ),
      ada,
    ),
    creates(configMap(sandbox), ada),
  ],
  [
    "its person who would take its labels off",
    patches(
      { apiVersion: "v1", kind: "Namespace", metadata: { name: sandbox } },
      { metadata: { labels: { "estate.dev/tenant": null } } },
      ada,
    ),
    creates(configMap(sandbox), ada),
  ],
])("RBAC refuses %s", async (_, attempt, twin) => {
  expect(await cluster.says(attempt)).toMatch(rbac);
  expect(await cluster.says(twin)).toBe("ok");
});

it.each<[string, Attempt, RegExp]>([
  [
    "a pod on a node of her choice",
    creates(pod({ nodeName: "node" }), ada),
    /^403 .*estate-pods.* the scheduler chooses the node/,
  ],
  [
    "an image of a tenant's",
    creates(withImage("harbor.example.com/acme-team-a/app:1"), ada),
    /^403 .*estate-images.* images come from the tenant's own project/,
  ],
  [
    "a privileged container",
    creates(pod({}, { ...restricted, privileged: true, allowPrivilegeEscalation: true }), ada),
    /^403 .*violates PodSecurity "restricted/,
  ],
  [
    "a token of a ServiceAccount",
    createsAt(
      in_("v1", "ServiceAccount", "default"),
      "token",
      { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec: {} },
      mallory,
    ),
    /^403 .*estate-token-requests/,
  ],
])("guardrails and Pod Security refuse %s, as in a tenant's home", async (_, attempt, reason) => {
  expect(await cluster.says(attempt)).toMatch(reason);
});

it("its quota holds: a sixth pod is refused", async () => {
  const quota = own.sandboxes[0]?.home.objects.find(({ kind }) => kind === "ResourceQuota");
  expect(quota?.spec).toMatchObject({ hard: { pods: "5" } });
  for (let index = 1; index <= 5; index += 1) {
    const made = pod();
    await cluster.apply([{ ...made, metadata: { ...made.metadata, name: `pod-${String(index)}` } }]);
  }
  expect(await cluster.says(creates(pod(), ada))).toMatch(
    /^403 .*exceeded quota: tenant, requested: pods=1, used: pods=5, limited: pods=5/,
  );
});
