import type { ClusterLogin } from "../../model/gitops";
import type { KubernetesObject } from "../../model/kubernetes";
import { engineRole, reconciler } from "../../model/platform";
import type { EstatePlan } from "../../plan/plan";
import type { TenantPlan } from "../../plan/tenant";

/** One thing that an engine would bring: from where, to where, as whom. */
export interface Delivery {
  readonly repository: string;
  readonly revision: string;
  readonly cluster: string;
  readonly namespace: string;
  /** The name by which the API server knows who writes. */
  readonly as: string;
}

type Fields = Readonly<Record<string, unknown>>;
const fields = (value: unknown): Fields => (typeof value === "object" && value !== null ? (value as Fields) : {});
const specOf = (object: KubernetesObject): Fields => fields(object["spec"]);
const text = (value: unknown): string => (typeof value === "string" ? value : "");
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? (value as readonly unknown[]) : []);

/** What Flux brings: each Kustomization that is not suspended, from its source, as its ServiceAccount. */
function ofFlux(tenant: TenantPlan): Delivery[] {
  return tenant.homes.flatMap(({ cluster, objects }) =>
    objects
      .filter(({ kind }) => kind === "Kustomization")
      .filter((object) => specOf(object)["suspend"] !== true)
      .flatMap((object) => {
        const { sourceRef, serviceAccountName, targetNamespace, kubeConfig } = specOf(object);
        const source = objects.find(
          ({ kind, metadata }) => kind === "GitRepository" && metadata.name === fields(sourceRef)["name"],
        );
        const own = object.metadata.namespace ?? "";
        if (source === undefined) return [];
        const { url, ref } = specOf(source);
        return [
          {
            repository: text(url),
            revision: text(fields(ref)["branch"] ?? fields(ref)["semver"]),
            cluster: kubeConfig === undefined ? cluster : `${cluster}/${own}`,
            namespace: kubeConfig === undefined ? text(targetNamespace) : own,
            as: `system:serviceaccount:${own}:${text(serviceAccountName)}`,
          },
        ];
      }),
  );
}

/**
 * What Flux brings from the hub: each Kustomization there that is not suspended, to the cluster whose address it names, if that
 * lets the address's own ServiceAccount act as the one that the Kustomization names.
 */
function ofFluxHub({ central, homes }: TenantPlan, { estate }: EstatePlan): Delivery[] {
  const { objects = [], addresses = [], deliveries: all = [] } = central ?? {};
  const namespaces = new Set((central?.namespaces ?? []).map(({ metadata }) => metadata.name));
  const at = (namespace: string, kind: string, name: unknown) => (object: KubernetesObject) =>
    object.kind === kind && object.metadata.namespace === namespace && object.metadata.name === name;
  return all
    .filter(({ kind, metadata }) => kind === "Kustomization" && namespaces.has(metadata.namespace ?? ""))
    .filter((object) => specOf(object)["suspend"] !== true)
    .flatMap((object) => {
      const { sourceRef, serviceAccountName, targetNamespace, kubeConfig } = specOf(object);
      const namespace = object.metadata.namespace ?? "";
      const source = objects.find(at(namespace, "GitRepository", fields(sourceRef)["name"]));
      const reference = fields(fields(kubeConfig)["configMapRef"])["name"];
      const address = addresses.find((one) => at(namespace, "ConfigMap", reference)(one.object));
      if (source === undefined || address === undefined) return [];
      const { cluster, data } = address;
      const account = data["serviceAccountName"] ?? "";
      const known = objects.some(at(namespace, "ServiceAccount", account));
      const forIt = data["provider"] === "generic" && data["audiences"] === `${estate.name}-${cluster}`;
      const user = `flux:system:serviceaccount:${namespace}:${account}`;
      const lets = homes.some(
        (home) =>
          home.cluster === cluster &&
          home.objects.some(
            ({ kind, metadata, roleRef, subjects }) =>
              kind === "RoleBinding" &&
              metadata.namespace === namespace &&
              fields(roleRef)["name"] === engineRole &&
              list(subjects).some((one) => fields(one)["kind"] === "User" && fields(one)["name"] === user),
          ),
      );
      if (!known || !forIt || !lets || serviceAccountName !== reconciler) return [];
      const { url, ref } = specOf(source);
      return [
        {
          repository: text(url),
          revision: text(fields(ref)["branch"] ?? fields(ref)["semver"]),
          cluster,
          namespace: text(targetNamespace),
          as: `system:serviceaccount:${namespace}:${text(serviceAccountName)}`,
        },
      ];
    });
}

/** A place as the cluster generator tells it to a template. */
interface Parameters {
  readonly name: string;
  readonly project: string;
  readonly metadata: { readonly labels: Fields; readonly annotations: Fields };
}

/** The part of Go's templates that is used, with missingkey=error. */
function rendered(template: string, { name, project, metadata }: Parameters): string {
  return template.replace(/\{\{ (.*?) \}\}/g, (_, expression: string) => {
    if (expression === ".name") return name;
    if (expression === ".project") return project;
    const [, part, key] = /^index \.metadata\.(labels|annotations) "([^"]+)"$/.exec(expression) ?? [];
    const value = part === undefined ? undefined : metadata[part as "labels" | "annotations"][key ?? ""];
    if (typeof value !== "string") throw new Error(`the template knows no {{ ${expression} }}`);
    return value;
  });
}

const selects = (selector: unknown, labels: Fields): boolean =>
  Object.entries(fields(fields(selector)["matchLabels"])).every(([key, value]) => labels[key] === value);

/** Whether a login leads into a virtual cluster: to an address of its own, with tokens that no cluster takes. */
function inside({ cluster, server, query, config }: ClusterLogin): boolean {
  const { args } = fields(config["execProviderConfig"]);
  return query === undefined && server !== undefined && list(args)[0] === `${cluster}.virtual`;
}

/** Whether a project lets an application be: Argo CD's own checks of source, destination, clusters and windows. */
function permits(project: KubernetesObject, source: string, login: ClusterLogin, destination: Fields): boolean {
  const { sourceRepos, destinations, permitOnlyProjectScopedClusters, syncWindows } = specOf(project);
  const own = login.data["project"] === project.metadata.name;
  return (
    list(sourceRepos).includes(source) &&
    list(destinations).some(
      (one) =>
        fields(one)["name"] === destination["name"] &&
        (fields(one)["namespace"] === destination["namespace"] || (fields(one)["namespace"] === "*" && inside(login))),
    ) &&
    (permitOnlyProjectScopedClusters !== true || own) &&
    (inside(login) ||
      (login.data["namespaces"] === destination["namespace"] && login.data["clusterResources"] === "false")) &&
    !list(syncWindows).some((one) => fields(one)["kind"] === "deny" && fields(one)["manualSync"] === false)
  );
}

/** What Argo CD brings of a tenant: its ApplicationSets over all logins of the estate, within the projects of the estate. */
function ofArgoCd(tenant: TenantPlan, { tenants }: EstatePlan): Delivery[] {
  const logins = tenants.flatMap(({ central }) => central?.logins ?? []);
  const projects = tenants.flatMap(({ central }) => central?.objects ?? []).filter(({ kind }) => kind === "AppProject");
  const sets = (tenant.central?.deliveries ?? []).filter(({ kind }) => kind === "ApplicationSet");
  return sets.flatMap((set) => {
    const { generators, template } = specOf(set);
    const spec = fields(fields(template)["spec"]);
    const selectors = list(generators).map((generator) => fields(fields(generator)["clusters"])["selector"]);
    return logins.flatMap((login) => {
      const { labels = {}, annotations = {} } = login.secret.metadata;
      if (!selectors.some((selector) => selects(selector, labels))) return [];
      const place = {
        name: login.data["name"] ?? "",
        project: login.data["project"] ?? "",
        metadata: { labels, annotations },
      };
      const of = (value: unknown): string => rendered(text(value), place);
      const repository = of(fields(spec["source"])["repoURL"]);
      const destination = Object.fromEntries(
        Object.entries(fields(spec["destination"])).map(([key, value]) => [key, of(value)]),
      );
      const project = projects.find(({ metadata }) => metadata.name === of(spec["project"]));
      const automated = fields(spec["syncPolicy"])["automated"] !== undefined;
      if (project === undefined || !automated || !permits(project, repository, login, destination)) return [];
      const account = list(specOf(project)["destinationServiceAccounts"])
        .map(fields)
        .find(({ server, namespace }) => server === "*" && namespace === destination["namespace"]);
      // Without a match a sync fails: impersonation is enforced.
      if (account === undefined) return [];
      return [
        {
          repository,
          revision: of(fields(spec["source"])["targetRevision"]),
          cluster: inside(login)
            ? `${login.cluster}/${new URL(login.server ?? "").hostname.split(".")[0] ?? ""}`
            : login.cluster,
          namespace: text(destination["namespace"]),
          as: `system:serviceaccount:${text(account["defaultServiceAccount"])}`,
        },
      ];
    });
  });
}

const evaluators: Readonly<Record<string, (tenant: TenantPlan, plan: EstatePlan) => Delivery[]>> = {
  flux: ofFlux,
  "flux-hub": ofFluxHub,
  argocd: ofArgoCd,
};

/** What would be brought of a tenant, from the plan's objects alone. */
export function deliveries(tenant: TenantPlan, plan: EstatePlan): Delivery[] {
  const evaluator = evaluators[plan.estate.gitops.kind];
  if (evaluator === undefined) throw new Error(`no evaluator for ${plan.estate.gitops.kind}`);
  const key = (one: Delivery): string => JSON.stringify(one);
  return evaluator(tenant, plan).sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

/** How a repository is read: the Secret's address, if it says one, and the folder in Vault that its values come from. */
export function credentials(
  tenant: TenantPlan,
): { readonly url?: string; readonly project?: string; readonly from: string }[] {
  const objects = [...tenant.homes.flatMap((home) => home.objects), ...(tenant.central?.objects ?? [])];
  return objects
    .filter(({ kind, metadata }) => kind === "ExternalSecret" && /^(git-credentials$|repository-)/.test(metadata.name))
    .map((object) => {
      const { data, target } = specOf(object);
      const made = fields(fields(fields(target)["template"])["data"]);
      const keys = list(data).map((one) => text(fields(fields(one)["remoteRef"])["key"]));
      return {
        ...(made["url"] === undefined ? {} : { url: text(made["url"]), project: text(made["project"]) }),
        from: [...new Set(keys)].join(),
      };
    });
}

/** One image whose new versions would be written into a repository. */
export interface ImageWrite {
  readonly image: string;
  readonly range: string;
  readonly repository: string;
  readonly branch: string;
  /** The folder in Vault with the login by which it is written. */
  readonly by: string;
}

/** The folder in Vault from which an ExternalSecret of that name takes a password. */
function passwordFrom(objects: readonly KubernetesObject[], name: string): string {
  const found = objects.find(({ kind, metadata }) => kind === "ExternalSecret" && metadata.name === name);
  const data = found === undefined ? [] : list(specOf(found)["data"]).map(fields);
  return text(fields(data.find(({ secretKey }) => secretKey === "password")?.["remoteRef"])["key"]);
}

/** What Flux writes: the newest image of each policy, by an automation that is not suspended. */
function writtenByFlux({ homes, central }: TenantPlan): ImageWrite[] {
  const onHub = (central?.namespaces ?? []).map(({ metadata: { name } }) => ({
    objects: central?.objects.filter(({ metadata }) => metadata.namespace === name) ?? [],
  }));
  return [...homes, ...onHub].flatMap(({ objects }) => {
    const of = (kind: string, name: unknown): Fields =>
      fields(objects.find((object) => object.kind === kind && object.metadata.name === name)?.["spec"]);
    return objects
      .filter((object) => object.kind === "ImageUpdateAutomation" && specOf(object)["suspend"] !== true)
      .flatMap((automation) => {
        const { sourceRef, git } = specOf(automation);
        const { url, secretRef } = of("GitRepository", fields(sourceRef)["name"]);
        return objects
          .filter(({ kind }) => kind === "ImagePolicy")
          .map((policy) => {
            const { imageRepositoryRef, policy: wanted } = specOf(policy);
            return {
              image: text(of("ImageRepository", fields(imageRepositoryRef)["name"])["image"]),
              range: text(fields(fields(wanted)["semver"])["range"]),
              repository: text(url),
              branch: text(fields(fields(git)["push"])["branch"]),
              by: passwordFrom(objects, text(fields(secretRef)["name"])),
            };
          });
      });
  });
}

/** What Image Updater writes: the images of each reference, to the repository of the Application of that name. */
function writtenByImageUpdater(tenant: TenantPlan, { tenants }: EstatePlan): ImageWrite[] {
  const all = tenants.flatMap(({ central }) => central?.objects ?? []);
  const logins = tenants.flatMap(({ central }) => central?.logins ?? []);
  return (tenant.central?.deliveries ?? [])
    .filter(({ kind }) => kind === "ImageUpdater")
    .flatMap((updater) => {
      const { applicationRefs, writeBackConfig } = specOf(updater);
      const { method, gitConfig } = fields(writeBackConfig);
      const [, secret = ""] = /^git:secret:argocd\/(.+)$/.exec(text(method)) ?? [];
      return list(applicationRefs).flatMap((reference) => {
        const { namePattern, images } = fields(reference);
        return logins
          .filter(({ data }) => data["name"] === namePattern)
          .flatMap(({ secret: place }) =>
            list(images).map((one) => {
              const [, image = "", range = ""] = /^(.+\/[^:]+):(.+)$/.exec(text(fields(one)["imageName"])) ?? [];
              return {
                image,
                range,
                repository: text(place.metadata.annotations?.["estate.dev/repository"]),
                branch: text(fields(gitConfig)["branch"]),
                by: passwordFrom(all, secret),
              };
            }),
          );
      });
    });
}

/** The images that would be written into repositories for a tenant, from the plan's objects alone; each once. */
export function imageWrites(tenant: TenantPlan, plan: EstatePlan): ImageWrite[] {
  const flux = plan.estate.gitops.title === "Flux";
  const found = flux ? writtenByFlux(tenant) : writtenByImageUpdater(tenant, plan);
  return [...new Map(found.map((one) => [JSON.stringify(one), one])).values()];
}
