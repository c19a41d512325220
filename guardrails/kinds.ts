import type { Guardrail } from "./guardrail";
import { fluxControllers, isOneOf, mayEverywhere } from "./platform";
import { policy, texts } from "./policy";

/** Groups of which tenants may have every kind: other guardrails look at what is in them. */
const groups = [
  "",
  "apps",
  "authorization.k8s.io",
  "autoscaling",
  "batch",
  "coordination.k8s.io",
  "discovery.k8s.io",
  "events.k8s.io",
  "networking.k8s.io",
  "policy",
  "rbac.authorization.k8s.io",
];

/** Kinds of other groups. */
const kinds = Object.entries({
  "external-secrets.io": ["externalsecrets", "secretstores"],
  "gateway.networking.k8s.io": ["grpcroutes", "httproutes", "tlsroutes"],
  "generators.external-secrets.io": ["passwords", "sshkeys", "uuids"],
  "helm.toolkit.fluxcd.io": ["helmreleases"],
  "image.toolkit.fluxcd.io": ["imagepolicies", "imagerepositories", "imageupdateautomations"],
  "kustomize.toolkit.fluxcd.io": ["kustomizations"],
  "notification.toolkit.fluxcd.io": ["alerts", "providers", "receivers"],
  "source.toolkit.fluxcd.io": ["buckets", "gitrepositories", "helmcharts", "helmrepositories", "ocirepositories"],
}).flatMap(([group, resources]) => resources.map((resource) => `${group}/${resource}`));

/**
 * What an operator makes of its objects, it makes with its own rights: a ResourceSet, an ApplicationSet or a policy of Kyverno
 * reaches as far as their controllers do. So a tenant makes objects of kinds that some guardrail knows.
 */
export const allowedKinds: Guardrail = {
  name: "kinds",
  summary: "A tenant makes objects of known kinds only: operators act on the others with rights of their own",
  objects: policy({
    name: "kinds",
    rules: [{ groups: ["*"], resources: ["*"] }],
    when: {
      "not-a-controller": `!${mayEverywhere("create")} || ${isOneOf(fluxControllers)}`,
    },
    demands: [
      {
        expression: `request.resource.group in ${texts(groups)} || request.resource.group + "/" + request.resource.resource in ${texts(kinds)}`,
        message: "tenants make no objects of this kind: its operator acts on them with rights of its own",
      },
    ],
  }),
};
