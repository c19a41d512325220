import type { ResourceValidationArgs, ResourceValidationPolicy } from "@pulumi/policy";
import { floors, type Floor } from "../floors";
import { holders, isHolder, known, texts } from "../read";

/** A product's version in a resource, and where it says so. */
interface Used {
  readonly version: string;
  readonly path: string;
}

const text = (holder: object, key: string): string | undefined => {
  const value = known(holder, key);
  return typeof value === "string" ? value : undefined;
};

/** By an image's name and tag, in any text. */
function byImage({ images }: Floor, props: object): Used[] {
  return texts(props).flatMap(({ path, text: value }) => {
    const [, name = "", version] = /^([^\s@]+):v?(\d+\.\d+\.\d+)(?:[-+@][^\s]*)?$/.exec(value) ?? [];
    const ours = version !== undefined && images.some((image) => `/${name}`.endsWith(`/${image}`));
    return ours ? [{ version, path }] : [];
  });
}

/** By a chart's name and version: a release of Pulumi's, a chart of Flux's or of Argo CD's, an OCI repository. */
function byChart({ chart }: Floor, props: object): Used[] {
  if (chart?.product === undefined) return [];
  const { name: own, product } = chart;
  return holders(props).flatMap(({ path, holder }) => {
    const name = text(holder, "chart") ?? text(holder, "url");
    if (name === undefined || !`/${name}`.endsWith(`/${own}`)) return [];
    const ref = known(holder, "ref");
    const version =
      text(holder, "version") ?? text(holder, "targetRevision") ?? (isHolder(ref) ? text(ref, "tag") : undefined);
    const found = version === undefined ? undefined : product(version.replace(/^v/, ""));
    return found === undefined ? [] : [{ version: found, path: path === "" ? "chart" : path }];
  });
}

/** By the tag in a chart's values, where its image's name stands beside it. */
function byTag({ images }: Floor, props: object): Used[] {
  return holders(props).flatMap(({ path, holder }) => {
    const name = text(holder, "repository");
    const version = /^v?(\d+\.\d+\.\d+)/.exec(text(holder, "tag") ?? "")?.[1];
    if (name === undefined || version === undefined) return [];
    return images.some((image) => `/${name}`.endsWith(`/${image}`)) ? [{ version, path: `${path}.tag` }] : [];
  });
}

const compare = (a: string, b: string): number => {
  const [left, right] = [a, b].map((version) => version.split(/[.+-]/).map(Number));
  const differing = [0, 1, 2].find((index) => left?.[index] !== right?.[index]);
  return differing === undefined ? 0 : (left?.[differing] ?? 0) - (right?.[differing] ?? 0);
};

/** What a resource has of a product below its floor. */
export function below(floor: Floor, props: object): Used[] {
  return [...byImage(floor, props), ...byChart(floor, props), ...byTag(floor, props)].filter(
    ({ version }) => compare(version, floor.version) < 0,
  );
}

const check =
  (own: readonly Floor[]) =>
  ({ name, props }: ResourceValidationArgs, report: (message: string) => void): void => {
    for (const floor of own)
      for (const { version, path } of below(floor, props))
        report(
          `${name} has ${floor.product} ${version} (${path}); below ${floor.version} is open: ${floor.advisories}. Raise it` +
            (floor.behind === undefined ? "" : `, when it can be had: ${floor.behind}`),
        );
  };

/** Versions that are known to let one tenant at another's are refused (threats 30, 31, 36, 45). */
export const versionFloors: ResourceValidationPolicy = {
  name: "version-floors",
  description: "No product that tenants share is older than its last known critical vulnerability",
  enforcementLevel: "mandatory",
  validateResource: check(floors.filter(({ behind }) => behind === undefined)),
};

/** The same where Estate itself installs an older one: it is told in each preview, until the versions are raised. */
export const behindFloors: ResourceValidationPolicy = {
  name: "version-floors-behind",
  description: "What Estate itself installs below its floor",
  enforcementLevel: "advisory",
  validateResource: check(floors.filter(({ behind }) => behind !== undefined)),
};
