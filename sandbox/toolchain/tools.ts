import type { Patched } from "./patched";

/** A tool the sandbox runs: how it is built from its Go module, and which one of a PATH fits in its place. */
export interface Tool {
  readonly name: string;
  /** The folder beside this file with the committed go.mod (one `tool` line per package) and go.sum. */
  readonly folder: string;
  readonly package: string;
  /** The exact version that is built, without the `v`. Equals go.mod's: a test holds it. */
  readonly version: string;
  /** The module whose version that is. */
  readonly module: string;
  readonly ldflags?: readonly string[];
  /** Scripts of the module that must lie beside the binary. */
  readonly scripts?: { readonly folder: string; readonly names: readonly string[] };
  readonly patched?: Patched;
  readonly fromPath: FromPath;
}

/** When the one on PATH is taken instead of building. */
export type FromPath =
  /** Its version lies in the range; `pattern`'s first group finds it in what `args` prints. */
  | { readonly args: readonly string[]; readonly pattern: RegExp; readonly atLeast: string; readonly below: string }
  /** It has no version of its own: it comes with that tool, in the same folder, or is built like it. */
  | { readonly beside: string }
  /** Never, for this reason. */
  | { readonly never: string };

const kubernetesVersion = "1.36.3";

/** Every component asks one of these two packages for its version. */
const kubernetesLdflags = ["k8s.io/component-base/version", "k8s.io/client-go/pkg/version"].flatMap((path) => [
  `-X ${path}.gitVersion=v${kubernetesVersion}`,
  `-X ${path}.gitMajor=1`,
  `-X ${path}.gitMinor=36`,
  `-X ${path}.gitTreeState=clean`,
]);

const kubernetes = (name: string, args: readonly string[]): Tool => ({
  name,
  folder: "kubernetes",
  package: `k8s.io/kubernetes/cmd/${name}`,
  module: "k8s.io/kubernetes",
  version: kubernetesVersion,
  ldflags: kubernetesLdflags,
  fromPath: { args, pattern: /v(\d+\.\d+\.\d+)/, atLeast: "1.36.0", below: "1.37.0" },
});

/** A Flux controller: its module's root is its program. Its version is `rehearsed` in model/controllers.ts. */
const flux = (name: string, version: string): Tool => ({
  name,
  folder: name,
  package: `github.com/fluxcd/${name}`,
  module: `github.com/fluxcd/${name}`,
  version,
  fromPath: { never: "it runs from images, and tells no version of its own" },
});

/** All tools. Adding one is one entry here and one folder with go.mod and go.sum. */
export const tools: readonly Tool[] = [
  {
    name: "pulumi",
    folder: "pulumi",
    package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
    module: "github.com/pulumi/pulumi/pkg/v3",
    version: "3.259.0",
    ldflags: ["-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v3.259.0"],
    // Not older than the SDK in package.json.
    fromPath: { args: ["version"], pattern: /^v?(\d+\.\d+\.\d+)/, atLeast: "3.248.0", below: "4.0.0" },
  },
  {
    // Newer versions of this host do not come whole from the module proxy; this one runs today's SDK.
    name: "pulumi-language-nodejs",
    folder: "language-nodejs",
    package: "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs",
    module: "github.com/pulumi/pulumi/sdk/v3",
    version: "3.68.0",
    ldflags: ["-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v3.68.0"],
    scripts: { folder: "nodejs/dist", names: ["pulumi-analyzer-policy", "pulumi-resource-pulumi-nodejs"] },
    fromPath: { beside: "pulumi" },
  },
  {
    name: "etcd",
    folder: "etcd",
    package: "go.etcd.io/etcd/server/v3",
    module: "go.etcd.io/etcd/server/v3",
    version: "3.6.5",
    fromPath: { args: ["--version"], pattern: /etcd Version: (\d+\.\d+\.\d+)/, atLeast: "3.6.0", below: "3.7.0" },
  },
  kubernetes("kube-apiserver", ["--version"]),
  kubernetes("kube-controller-manager", ["--version"]),
  kubernetes("kubectl", ["version", "--client"]),
  {
    name: "vault",
    folder: "vault",
    package: "github.com/hashicorp/vault",
    module: "github.com/hashicorp/vault",
    version: "1.21.1",
    fromPath: { args: ["version"], pattern: /Vault v(\d+\.\d+\.\d+)/, atLeast: "1.21.0", below: "1.22.0" },
  },
  {
    name: "registry",
    folder: "registry",
    package: "github.com/distribution/distribution/v3/cmd/registry",
    module: "github.com/distribution/distribution/v3",
    version: "3.1.2",
    ldflags: ["-X github.com/distribution/distribution/v3/version.version=v3.1.2"],
    // The Harbor stand-in's key set comes by `jwks`, which version 2 does not know.
    fromPath: {
      args: ["--version"],
      pattern: /distribution\S* v(\d+\.\d+\.\d+)/,
      atLeast: "3.0.0",
      below: "4.0.0",
    },
  },
  flux("source-controller", "1.9.3"),
  flux("kustomize-controller", "1.9.4"),
  flux("helm-controller", "1.6.3"),
  flux("notification-controller", "1.9.3"),
  flux("image-reflector-controller", "1.2.3"),
  flux("image-automation-controller", "1.2.4"),
  {
    // The module's own program. Its lists of providers and generators drag in every cloud's kit, and they alone are ours.
    name: "external-secrets",
    folder: "external-secrets",
    package: "github.com/external-secrets/external-secrets",
    module: "github.com/external-secrets/external-secrets",
    version: "0.20.4",
    patched: {
      component: "external-secrets",
      files: ["pkg/provider/register/register.go", "pkg/generator/register/register.go"],
    },
    fromPath: { never: "it runs from images, and tells no version of its own" },
  },
  {
    name: "gator",
    folder: "gator",
    package: "github.com/open-policy-agent/gatekeeper/v3/cmd/gator",
    module: "github.com/open-policy-agent/gatekeeper/v3",
    version: "3.23.1",
    fromPath: { never: "its version is that of the policies' tests" },
  },
  {
    name: "kyverno",
    folder: "kyverno",
    package: "github.com/kyverno/kyverno/cmd/cli/kubectl-kyverno",
    module: "github.com/kyverno/kyverno",
    version: "1.19.1",
    fromPath: { never: "its version is that of the policies' tests" },
  },
];

/** What the sandbox and `npm run toolchain` need; kubectl, gator and kyverno are built only when asked for by name. */
export const sandboxTools: readonly string[] = [
  "etcd",
  "kube-apiserver",
  "kube-controller-manager",
  "vault",
  "registry",
  "pulumi",
  "pulumi-language-nodejs",
  "source-controller",
  "kustomize-controller",
  "helm-controller",
  "notification-controller",
  "image-reflector-controller",
  "image-automation-controller",
  "external-secrets",
];
