import type { Manifest } from "@estate/clients";
import {
  askedWhoItIs,
  content,
  fetched,
  made,
  noIdentity,
  object,
  others,
  own,
  type FlagAttack,
  type Scene,
} from "./attack";
import { cloudCluster, knownCluster } from "./kustomize";

const controller = "helm-controller";

const release = (name: string, spec: object = {}): Manifest =>
  object("helm.toolkit.fluxcd.io/v2", "HelmRelease", name, {
    spec: {
      interval: "1h",
      serviceAccountName: "reconciler",
      chartRef: { kind: "OCIRepository", name },
      ...spec,
    },
  });

const named = ({ round }: Scene, what: string): string => `${what}-${round}`;

/** The source of a chart that makes a ConfigMap of its name. */
const chart = (scene: Scene, name: string, namespace = own): Manifest =>
  fetched(
    scene,
    "OCIRepository",
    name,
    {
      "greeter/Chart.yaml": JSON.stringify({ apiVersion: "v2", name: "greeter", version: "1.0.0" }),
      "greeter/templates/greeting.yaml": JSON.stringify(content(name)),
    },
    namespace,
  );

const installed =
  (what: string, namespace = own): FlagAttack["through"] =>
  (scene) =>
    made(scene, named(scene, what), namespace, release(named(scene, what)));

const conforming = (what: string): FlagAttack["twin"]["objects"] => {
  return (scene) => [chart(scene, named(scene, what)), release(named(scene, what))];
};

/** What helm-controller's flags refuse. */
export const helmAttacks: readonly FlagAttack[] = [
  {
    controller,
    flag: "--no-cross-namespace-refs",
    threat: 20,
    what: "a HelmRelease of another tenant's chart",
    objects: (scene) => {
      const name = named(scene, "across");
      return [
        chart(scene, name, others),
        release(name, { chartRef: { kind: "OCIRepository", name, namespace: others } }),
      ];
    },
    reason: /AccessDenied: .*cross-namespace references are not allowed/,
    through: installed("across"),
    twin: { what: "one of its own chart", objects: conforming("across-twin"), done: installed("across-twin") },
  },
  {
    controller,
    flag: "--default-service-account",
    threat: 21,
    what: "a HelmRelease without an account that installs into another tenant's namespace",
    objects: (scene) => {
      const name = named(scene, "account");
      return [chart(scene, name), release(name, { serviceAccountName: undefined, targetNamespace: others })];
    },
    reason: new RegExp(`User "system:serviceaccount:${own}:default" cannot \\w+ resource "secrets"`),
    through: installed("account", others),
    twin: {
      what: "one that names its account, in its own namespace",
      objects: conforming("account-twin"),
      done: installed("account-twin"),
    },
  },
  {
    controller,
    flag: "--default-kubeconfig-service-account",
    threat: 22,
    what: "a HelmRelease for a cluster that is open to the platform's identity on AWS",
    objects: (scene) => {
      const name = named(scene, "cluster");
      return [cloudCluster(name), chart(scene, name), release(name, { kubeConfig: { configMapRef: { name } } })];
    },
    reason: noIdentity("default"),
    through: askedWhoItIs,
    twin: {
      what: "one for a cluster that knows the account it names",
      objects: async (scene) => {
        const name = named(scene, "cluster-twin");
        return [
          await knownCluster(scene, name),
          chart(scene, name),
          release(name, { kubeConfig: { configMapRef: { name } } }),
        ];
      },
      done: installed("cluster-twin"),
    },
  },
];
