import type { Version } from "./versions";

/**
 * The controllers of Flux and their arguments: the one table. The FluxInstance in the plan stands for it, the sandbox
 * runs by it, and a test holds it against flux-operator's own module (test/model/controllers.test.ts).
 */
export type FluxControllerName =
  | "source-controller"
  | "kustomize-controller"
  | "helm-controller"
  | "notification-controller"
  | "image-reflector-controller"
  | "image-automation-controller";

/** Whose rights are taken for what a tenant's object leaves out; `tenant` names the ServiceAccount for the rest. */
type Account = "tenant" | "decryption" | "kubeconfig";

/** One controller of the distribution. */
export interface FluxController {
  readonly name: FluxControllerName;
  /** `installed` is what the distribution of model/versions.ts holds. */
  readonly version: Version;
  /** Keeps files, and serves them to the others. */
  readonly keepsArtifacts: boolean;
  /** Flags by which `multitenant: true` keeps tenants apart. */
  readonly multitenant: readonly string[];
  /** Flags that name a default ServiceAccount under `multitenant: true`. */
  readonly impersonates: Readonly<Record<string, Account>>;
  /** The same under `multitenantWorkloadIdentity: true`: no fallback to an identity of the platform, in clouds either. */
  readonly workloadIdentity: Readonly<Record<string, Account>>;
}

const same = (version: string): Version => ({ installed: version, rehearsed: version });
const apart = "--no-cross-namespace-refs=true";
const account = "--default-service-account";
const kubeconfigAccount = "--default-kubeconfig-service-account";

/** All of them, in the order in which a FluxInstance lists them. */
export const fluxControllers: readonly FluxController[] = [
  {
    name: "source-controller",
    // The newest that comes whole as a Go module.
    version: { installed: "1.9.4", rehearsed: "1.9.3" },
    keepsArtifacts: true,
    multitenant: [],
    impersonates: {},
    workloadIdentity: { [account]: "tenant" },
  },
  {
    name: "kustomize-controller",
    version: same("1.9.4"),
    keepsArtifacts: false,
    multitenant: [apart, "--no-remote-bases=true"],
    impersonates: { [account]: "tenant" },
    workloadIdentity: { "--default-decryption-service-account": "decryption", [kubeconfigAccount]: "kubeconfig" },
  },
  {
    name: "helm-controller",
    version: same("1.6.3"),
    keepsArtifacts: false,
    multitenant: [apart],
    impersonates: { [account]: "tenant" },
    workloadIdentity: { [kubeconfigAccount]: "kubeconfig" },
  },
  {
    name: "notification-controller",
    version: same("1.9.3"),
    keepsArtifacts: false,
    multitenant: [apart],
    impersonates: {},
    workloadIdentity: { [account]: "tenant" },
  },
  {
    name: "image-reflector-controller",
    version: { installed: "1.2.4", rehearsed: "1.2.3" },
    keepsArtifacts: false,
    multitenant: [apart],
    impersonates: {},
    workloadIdentity: { [account]: "tenant" },
  },
  {
    name: "image-automation-controller",
    version: same("1.2.4"),
    keepsArtifacts: false,
    multitenant: [apart],
    impersonates: {},
    workloadIdentity: { [account]: "tenant" },
  },
];

/** The controllers' names, which are the components of a FluxInstance. */
export const fluxComponents: readonly FluxControllerName[] = fluxControllers.map(({ name }) => name);

/** What `spec.cluster` of a FluxInstance says about tenants. */
export interface FluxTenancy {
  readonly multitenant?: boolean;
  readonly objectLevelWorkloadIdentity?: boolean;
  readonly multitenantWorkloadIdentity?: boolean;
  readonly tenantDefaultServiceAccount?: string;
  readonly tenantDefaultDecryptionServiceAccount?: string;
  readonly tenantDefaultKubeConfigServiceAccount?: string;
}

/**
 * The tenancy of every cluster of the estate: what a tenant's object leaves out never falls back to an identity of the
 * platform. The two fields of workload identity bring the feature gate together with the flags. Patches that add the
 * flags alone would not do: without the gate the controllers refuse them, and end.
 */
export const fluxTenancy = {
  multitenant: true,
  tenantDefaultServiceAccount: "default",
  objectLevelWorkloadIdentity: true,
  multitenantWorkloadIdentity: true,
  tenantDefaultDecryptionServiceAccount: "default",
  tenantDefaultKubeConfigServiceAccount: "default",
} as const satisfies FluxTenancy;

/** What else the arguments of a controller depend on. */
export interface FluxPlace {
  readonly namespace: string;
  readonly domain: string;
  readonly components: readonly string[];
}

/** The arguments that flux-operator gives a controller's container, in its order. */
export function fluxArguments(controller: FluxController, tenancy: FluxTenancy, place: FluxPlace): string[] {
  const { name } = controller;
  const service = (host: string): string => `${host}.${place.namespace}.svc.${place.domain}.`;
  const events = place.components.includes("notification-controller")
    ? `http://${service("notification-controller")}/`
    : "";
  const accounts: Record<Account, string> = {
    tenant: tenancy.tenantDefaultServiceAccount ?? "default",
    decryption: tenancy.tenantDefaultDecryptionServiceAccount ?? "default",
    kubeconfig: tenancy.tenantDefaultKubeConfigServiceAccount ?? "default",
  };
  const flags = (table: Readonly<Record<string, Account>>): string[] =>
    Object.entries(table).map(([flag, whose]) => `${flag}=${accounts[whose]}`);
  return [
    // It is where the others send their events.
    ...(name === "notification-controller" ? [] : [`--events-addr=${events}`]),
    "--watch-all-namespaces=true",
    "--log-level=info",
    "--log-encoding=json",
    "--enable-leader-election",
    ...(controller.keepsArtifacts ? ["--storage-path=/data", `--storage-adv-addr=${service(name)}`] : []),
    ...(tenancy.multitenant === true ? [...controller.multitenant, ...flags(controller.impersonates)] : []),
    `--feature-gates=ObjectLevelWorkloadIdentity=${String(tenancy.objectLevelWorkloadIdentity === true)}`,
    ...(tenancy.multitenantWorkloadIdentity === true ? flags(controller.workloadIdentity) : []),
  ];
}
