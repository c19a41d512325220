import { createHash, randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";

import { Complaint } from "../complaint";
import { cacheFolder } from "../place";
import { requireGo, runGo } from "./go";
import { filesInZip } from "./zip";

/** Something whose files are read out of its Go module's archive, never compiled. */
interface Component {
  readonly module: string;
  /** Where its CRDs are; undefined for one that brings none. */
  readonly crds?: string;
}

const flux = (name: string): Component => ({ module: `github.com/fluxcd/${name}`, crds: "config/crd/bases" });

/** Components by the name they are asked for. Versions stand in manifests/go.mod alone. */
const components = {
  "flux-operator": { module: "github.com/controlplaneio-fluxcd/flux-operator", crds: "config/crd/bases" },
  "source-controller": flux("source-controller"),
  "kustomize-controller": flux("kustomize-controller"),
  "helm-controller": flux("helm-controller"),
  "notification-controller": flux("notification-controller"),
  "image-reflector-controller": flux("image-reflector-controller"),
  "image-automation-controller": flux("image-automation-controller"),
  "external-secrets": { module: "github.com/external-secrets/external-secrets", crds: "config/crds/bases" },
  "cloudnative-pg": { module: "github.com/cloudnative-pg/cloudnative-pg", crds: "config/crd/bases" },
  vcluster: { module: "github.com/loft-sh/vcluster" },
  // Charts of addons: tests hold the catalogue's values against them.
  "cert-manager": { module: "github.com/cert-manager/cert-manager" },
  "trust-manager": { module: "github.com/cert-manager/trust-manager" },
  "envoy-gateway": { module: "github.com/envoyproxy/gateway" },
  kyverno: { module: "github.com/kyverno/kyverno" },
  gatekeeper: { module: "github.com/open-policy-agent/gatekeeper/v3" },
  // EKS Auto Mode has these kinds of itself: tests hold tenants' pools against them.
  "argo-cd": { module: "github.com/argoproj/argo-cd/v3", crds: "manifests/crds" },
  "argocd-image-updater": { module: "github.com/argoproj-labs/argocd-image-updater", crds: "config/crd/bases" },
  karpenter: { module: "sigs.k8s.io/karpenter", crds: "pkg/apis/crds" },
  "metrics-server": { module: "sigs.k8s.io/metrics-server" },
  // Tests hold monitors and rules against them.
  "prometheus-operator": {
    module: "github.com/prometheus-operator/prometheus-operator",
    crds: "example/prometheus-operator-crd",
  },
} as const satisfies Record<string, Component>;

/** The names `crds` and `moduleDir` know. */
export type ComponentName = keyof typeof components;

/** All of them. */
export const componentNames: readonly string[] = Object.keys(components);

/** Those that bring CRDs; of the others the charts are read. */
export const crdComponentNames: readonly string[] = Object.entries<Component>(components)
  .filter(([, { crds: folderOfCrds }]) => folderOfCrds !== undefined)
  .map(([name]) => name);

const folder = join(__dirname, "manifests");

/** The version of a component, as manifests/go.mod has it, e.g. `v1.9.3`. */
export function componentVersion(name: string): string {
  const { module } = lookUp(name);
  const line = readFileSync(join(folder, "go.mod"), "utf8")
    .split("\n")
    .map((text) => text.trim().split(" "))
    .find(([path]) => path === module);
  const version = line?.[1];
  if (version === undefined) throw new Error(`${module} is not in toolchain/manifests/go.mod`);
  return version;
}

/** The folder with a component's source, downloaded when it is not there yet and checked against go.sum. */
export async function moduleDir(name: string): Promise<string> {
  const { wanted, said } = await download(name, false);
  if (said.Dir !== undefined) return said.Dir;
  throw noSource(wanted);
}

interface Download {
  readonly Dir?: string;
  readonly Zip?: string;
  readonly Sum?: string;
}

async function download(name: string, anyway: boolean): Promise<{ readonly wanted: string; readonly said: Download }> {
  const wanted = `${lookUp(name).module}@${componentVersion(name)}`;
  await requireGo(`it fetches ${wanted}, which carries the manifests of ${name}`);
  const said: unknown = JSON.parse(await runGo(["mod", "download", "-json", wanted], folder, anyway));
  return { wanted, said: typeof said === "object" && said !== null ? said : {} };
}

function noSource(wanted: string): Complaint {
  return new Complaint(
    `no folder for ${wanted}`,
    "`go mod download` named none",
    "run `go clean -modcache` and try again",
  );
}

/**
 * The texts in a folder of a component's module. One that wants a newer Go than this one comes as an archive, which Go does not
 * unpack: nothing of it is built here, so it is read from there, if it is the one in go.sum.
 */
async function textsIn(name: string, path: string): Promise<string[]> {
  const { wanted, said } = await download(name, true);
  if (said.Dir !== undefined) {
    const source = join(said.Dir, path);
    return readdirSync(source)
      .filter((file) => isYaml(file) && statSync(join(source, file)).isFile())
      .sort()
      .map((file) => readFileSync(join(source, file), "utf8"));
  }
  const [module = "", version = ""] = wanted.split(/@(?=v[^@]*$)/);
  const known = readFileSync(join(folder, "go.sum"), "utf8").split("\n");
  if (said.Zip === undefined || !known.includes(`${module} ${version} ${said.Sum ?? ""}`)) throw noSource(wanted);
  const files = filesInZip(readFileSync(said.Zip), `${wanted}/${path}/`);
  return [...files]
    .filter(([file]) => isYaml(file))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, content]) => content.toString("utf8"));
}

const isYaml = (file: string): boolean => /\.ya?ml$/.test(file);

/** A component's real CustomResourceDefinitions; none for one that brings none. */
export async function crds(name: string): Promise<object[]> {
  const file = await crdFile(name);
  const parsed: unknown = JSON.parse(readFileSync(file, "utf8"));
  if (!Array.isArray(parsed)) throw new Error(`${file} is not a list`);
  return parsed.filter((entry): entry is object => typeof entry === "object" && entry !== null);
}

/**
 * The folder with every component's CRDs as `<component>.json`, made when it is not there yet. The sandbox hands it on
 * as ESTATE_MANIFESTS, because bundled doubles and operators know no checkout.
 */
export async function manifestsFolder(cache = cacheFolder()): Promise<string> {
  for (const name of crdComponentNames) await crdFile(name, cache);
  return bundleFolder(cache);
}

function bundleFolder(cache: string): string {
  const sums = readFileSync(join(folder, "go.sum"));
  return join(cache, "manifests", createHash("sha256").update(sums).digest("hex").slice(0, 12));
}

async function crdFile(name: string, cache = cacheFolder()): Promise<string> {
  const file = join(bundleFolder(cache), `${name}.json`);
  if (existsSync(file)) return file;
  const { crds: path } = lookUp(name);
  const objects = path === undefined ? [] : readCrds(await textsIn(name, path));
  mkdirSync(bundleFolder(cache), { recursive: true });
  const draft = `${file}.${randomUUID()}`;
  writeFileSync(draft, JSON.stringify(objects));
  renameSync(draft, file);
  return file;
}

function readCrds(texts: readonly string[]): object[] {
  return texts
    .flatMap((text) => parseAllDocuments(text))
    .map((document) => document.toJS() as unknown)
    .filter(isCrd);
}

function isCrd(value: unknown): value is object {
  return typeof value === "object" && value !== null && "kind" in value && value.kind === "CustomResourceDefinition";
}

function lookUp(name: string): Component {
  const entry = Object.entries(components).find(([key]) => key === name)?.[1];
  if (entry === undefined) {
    throw new Complaint(`unknown component "${name}"`, "it is not in the table", `use: ${componentNames.join(", ")}`);
  }
  return entry;
}
