import type { Manifest } from "@estate/clients";
import { serviceAccount } from "../guarded-cluster";
import {
  creates,
  kubeController,
  mallory,
  object,
  patches,
  virtual,
  type Attack,
  type Control,
  type Trial,
} from "../attack";

const own = "harbor.example.com/acme-team-a/web";
const digest = `sha256:${"0a".repeat(32)}`;

const restricted = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ["ALL"] },
  runAsNonRoot: true,
  seccompProfile: { type: "RuntimeDefault" },
};
const container = (image: string, name = "main"): object => ({ name, image, securityContext: restricted });

/** A pod that conforms to everything but its image. */
export const pod = (image: string, change: object = {}, metadata: object = {}): Manifest =>
  object(
    "v1",
    "Pod",
    { spec: { automountServiceAccountToken: false, containers: [container(image)], ...change } },
    metadata,
  );

const refused = "images come from the tenant's own project";

const attack = (what: string, made: Manifest, twin: Manifest = pod(`${own}:1`)): Attack => ({
  threat: 4,
  what,
  attempt: creates(made),
  reason: refused,
  twin: creates(twin),
});

/** Images that are not the tenant's, and those from where they are. */
const names: readonly (readonly [string, string, string?])[] = [
  ["of a neighbour whose name goes on", "harbor.example.com/acme-team-ab/web:1"],
  [
    "by a path that turns back",
    "harbor.example.com/acme-team-a/../acme-team-ab/web:1",
    "harbor.example.com/acme-team-a/a/web:1",
  ],
  ["by a path that stands still", "harbor.example.com/acme-team-a/./web:1"],
  ["by a path with an empty part", "harbor.example.com/acme-team-a//web:1"],
  ["of the project itself", "harbor.example.com/acme-team-a"],
  ["of the project with nothing in it", "harbor.example.com/acme-team-a/"],
  ["without a host, which means Docker Hub", "acme-team-a/web:1"],
  ["without anything but a name", "web"],
  ["of another host that begins the same", "harbor.example.com.evil.example/acme-team-a/web:1"],
  ["of another port", "harbor.example.com:8443/acme-team-a/web:1"],
  ["by an address with a scheme", "https://harbor.example.com/acme-team-a/web:1"],
  ["by a host with a user", "harbor.example.com@evil.example/acme-team-a/web:1"],
  ["in upper case", "harbor.example.com/acme-team-a/Web:1"],
  ["of the host in upper case", "HARBOR.example.com/acme-team-a/web:1"],
  ["with something behind its digest", `${own}@${digest}/x`, `${own}@${digest}`],
  ["by a digest of another's", `harbor.example.com/acme-team-ab/web@${digest}`, `${own}:1@${digest}`],
  ["that only begins like an allowed one", "docker.io/library-evil/web:1", "docker.io/library/nginx:1"],
  ["through an allowed beginning", "docker.io/library/../evil/web:1", "docker.io/library/nginx@" + digest],
  ["from the internet", "ghcr.io/evil/web:1", "harbor.example.com/dockerhub/nginx:1"],
];

const running = pod(`${own}:1`, {}, { name: "running" });
const debugs = (image: string) =>
  patches(running, { spec: { ephemeralContainers: [container(image, "debug")] } }, mallory, "ephemeralcontainers");

const replaced = (image: string): object[] => [{ op: "replace", path: "/spec/containers/0/image", value: image }];

/** The pod of a Deployment, as its controller makes it. */
const byController = (image: string) => creates(pod(image), kubeController("replicaset-controller"));

const inVirtual = (image: string) =>
  creates(pod(image, {}, { namespace: virtual }), kubeController("statefulset-controller"));
const synced = (image: string) =>
  creates(pod(image, {}, { namespace: virtual }), serviceAccount(virtual, `vc-${virtual}`));

const attacks: readonly Attack[] = [
  { ...attack("an image of a neighbour in another's name", pod("harbor.example.com/acme-virtual/web:1")), plain: true },
  {
    ...attack("an image of a virtual cluster, where none is", pod("ghcr.io/loft-sh/vcluster-oss:0.36.0")),
    plain: true,
  },
  ...names.map(([what, image, twin]) =>
    attack(`an image ${what}`, pod(image), twin === undefined ? undefined : pod(twin)),
  ),
  attack(
    "an image of a container that begins",
    pod(`${own}:1`, { initContainers: [container("evil.example/x:1", "init")] }),
    pod(`${own}:1`, { initContainers: [container(`${own}:2`, "init")] }),
  ),
  attack(
    "an image of a second container",
    pod(`${own}:1`, { containers: [container(`${own}:1`), container("evil.example/x:1", "second")] }),
    pod(`${own}:1`, { containers: [container(`${own}:1`), container(`${own}:2`, "second")] }),
  ),
  attack(
    "an image as a volume",
    pod(`${own}:1`, { volumes: [{ name: "v", image: { reference: "evil.example/x:1" } }] }),
    pod(`${own}:1`, { volumes: [{ name: "v", image: { reference: `${own}:2` } }] }),
  ),
  {
    threat: 4,
    what: "an image of a debugger",
    attempt: debugs("evil.example/x:1"),
    reason: refused,
    twin: debugs(`${own}:2`),
  },
  {
    threat: 4,
    what: "an image put into a pod that runs",
    attempt: patches(running, replaced("evil.example/x:1")),
    reason: refused,
    twin: patches(running, replaced(`${own}:2`)),
  },
  {
    threat: 4,
    what: "an image that a Deployment's controller brings",
    attempt: byController("evil.example/x:1"),
    reason: refused,
    twin: byController(`${own}:1`),
  },
  {
    threat: 4,
    what: "an image from inside a virtual cluster",
    attempt: synced("harbor.example.com/acme-team-a/web:1"),
    reason: refused,
    twin: synced("harbor.example.com/acme-virtual/web:1"),
  },
  {
    threat: 4,
    what: "an image that begins like a virtual cluster's",
    attempt: inVirtual("ghcr.io/loft-sh/vcluster-oss-evil:1"),
    reason: refused,
    twin: inVirtual("ghcr.io/loft-sh/vcluster-oss:0.36.1"),
  },
];

const old = pod("evil.example/older-than-the-rule:1", {}, { name: "old" });

const controls: readonly Control[] = [
  { what: "a virtual cluster's Kubernetes", attempt: inVirtual("ghcr.io/loft-sh/kubernetes:v1.36.0") },
  { what: "a virtual cluster's name service", attempt: synced("docker.io/coredns/coredns:1.14.2") },
  { what: "a virtual cluster's host names", attempt: synced("mirror.gcr.io/library/alpine:3.20") },
  {
    what: "a controller takes its finalizer off a pod that is older than the rule",
    attempt: patches(old, { metadata: { labels: { done: "true" } } }, kubeController("job-controller")),
  },
  { what: "the platform's own pod", attempt: { verb: "create", object: pod("registry.k8s.io/pause:3.10") } },
];

/** Containers run the tenant's images. */
export const images: Trial = { guardrail: "images", before: [running, old], attacks, controls };
