import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { parse, parseAllDocuments } from "yaml";

import { isRecord } from "../../clients";
import {
  fluxArguments,
  fluxComponents,
  fluxControllers,
  fluxTenancy,
  type FluxController,
  type FluxTenancy,
} from "../../model/controllers";
import { versions } from "../../model/versions";
import { componentVersion, moduleDir } from "../../sandbox/toolchain/manifests";
import { tools } from "../../sandbox/toolchain/tools";

// flux-operator's own module at the pinned version says what a FluxInstance makes of each controller: its manifests of the
// distribution (config/data) and the patches of its builder (internal/builder). They are read here and put together as its
// builder does; only the order of the patches (its controller's `fetchDistribution...`) is told by us.

let module: string | undefined;
beforeAll(async () => {
  module = await moduleDir("flux-operator").catch(() => undefined);
}, 120_000);

const source = (path: string): string => readFileSync(join(module ?? "", path), "utf8");
const place = { namespace: "flux-system", domain: "cluster.local", components: fluxComponents };

interface Patch {
  readonly target: { readonly kind?: string; readonly name?: string };
  readonly patch: string;
}

interface Operation {
  readonly op: string;
  readonly path: string;
  readonly value: string;
}

const list = <T>(text: string): T[] => (parse(text) ?? []) as T[];

/** The text of a raw string constant or variable in Go source. */
function goText(path: string, name: string): string {
  const text = new RegExp(`(?:const|var) ${name} = \`([^\`]*)\``).exec(source(path))?.[1];
  if (text === undefined) throw new Error(`${path} has no ${name}`);
  return text;
}

/** The patches of a profile, with the arguments of its Sprintf. */
function profile(name: string, ...values: readonly string[]): Patch[] {
  let next = 0;
  const text = goText("internal/builder/profiles.go", name).replace(
    /%(?:\[(\d)\])?[sv]/g,
    (_verb, index?: string) => values[index === undefined ? next++ : Number(index) - 1] ?? "",
  );
  return list<Patch>(text);
}

/** The patches by which the builder's kustomization sets the first arguments of each component. */
function basePatches(name: string): Patch[] {
  const template = goText("internal/builder/templates.go", "kustomizationTmpl");
  const loop = /\{\{- range \$i, \$component := \.Components \}\}([\s\S]*?)\{\{- if gt \(len \.Shards/.exec(
    template,
  )?.[1];
  if (loop === undefined) throw new Error("the builder's kustomization has another form");
  const pieces = loop.split(/\{\{- (?:if|else if) eq \$component "([^"]+)" \}\}|\{\{- else \}\}/);
  const branches = new Map<string, string>();
  for (let index = 1; index < pieces.length; index += 2) branches.set(pieces[index] ?? "else", pieces[index + 1] ?? "");
  const values: Record<string, string> = {
    $component: name,
    $eventsAddr: "http://notification-controller.flux-system.svc.cluster.local./",
    $watchAllNamespaces: "true",
    $logLevel: "info",
    $clusterDomain: place.domain,
  };
  const text = (branches.get(name) ?? branches.get("else") ?? "")
    .replace(/\{\{- if \$artifactStorage \}\}[\s\S]*?\{\{- end \}\}/, "")
    .replace(/\{\{- end \}\}/g, "")
    .replace(/\{\{(\$\w+)\}\}/g, (_whole, variable: string) => values[variable] ?? variable);
  return list<Patch>(text);
}

function deployment(name: string): { readonly args: string[]; readonly image: string } {
  const file = `config/data/flux/v${versions.flux.installed}/${name}.yaml`;
  for (const document of parseAllDocuments(source(file))) {
    const object: unknown = document.toJS();
    if (!isRecord(object) || object["kind"] !== "Deployment") continue;
    const { containers } = (
      object["spec"] as { template: { spec: { containers: { args: string[]; image: string }[] } } }
    ).template.spec;
    const [container] = containers;
    if (container !== undefined) return container;
  }
  throw new Error(`no Deployment in ${file}`);
}

/** What the builder makes of a controller's arguments. */
function built(name: string, tenancy: FluxTenancy): string[] {
  const service = `$(RUNTIME_NAMESPACE)`;
  const args = deployment(name).args.map((arg) => arg);
  const patches = [
    ...basePatches(name),
    ...(tenancy.multitenant === true ? profile("profileClusterMultitenant", account(tenancy)) : []),
    ...profile(
      "profileClusterObjectLevelWorkloadIdentity",
      fluxComponents.join("|"),
      String(tenancy.objectLevelWorkloadIdentity === true),
    ),
    ...(tenancy.multitenantWorkloadIdentity === true
      ? profile(
          "profileClusterMultitenantWorkloadIdentity",
          account(tenancy),
          tenancy.tenantDefaultDecryptionServiceAccount ?? "default",
          tenancy.tenantDefaultKubeConfigServiceAccount ?? "default",
        )
      : []),
  ];
  for (const { target, patch } of patches) {
    if (target.kind !== "Deployment" || !new RegExp(`^(?:${target.name ?? ".*"})$`).test(name)) continue;
    for (const { op, path, value } of list<Operation>(patch)) {
      const at = /^\/spec\/template\/spec\/containers\/0\/args\/(-|\d+)$/.exec(path)?.[1];
      if (at === undefined) throw new Error(`a patch of ${path}`);
      if (op === "add" && at === "-") args.push(value);
      else if (op === "replace") args[Number(at)] = value;
      else throw new Error(`a patch that does ${op} at ${at}`);
    }
  }
  return args.map((arg) => arg.replace(service, place.namespace));
}

const account = (tenancy: FluxTenancy): string => tenancy.tenantDefaultServiceAccount ?? "default";
const each = fluxControllers.map((controller): [string, FluxController] => [controller.name, controller]);

describe("flux-operator's own module", () => {
  beforeEach((context) => {
    if (module === undefined) context.skip("it cannot be had here: that needs Go, and the module or its proxy");
  });

  const other: FluxTenancy = {
    multitenant: true,
    objectLevelWorkloadIdentity: true,
    multitenantWorkloadIdentity: true,
    tenantDefaultServiceAccount: "one",
    tenantDefaultDecryptionServiceAccount: "two",
    tenantDefaultKubeConfigServiceAccount: "three",
  };

  it.each(each)("%s gets the arguments that the operator gives it", (name, controller) => {
    for (const tenancy of [fluxTenancy, other, {}, { multitenant: true }]) {
      expect(fluxArguments(controller, tenancy, place)).toEqual(built(name, tenancy));
    }
  });

  it.each(each)("%s is installed at the version of the distribution", (name, { version }) => {
    expect(deployment(name).image).toBe(`fluxcd/${name}:v${version.installed}`);
  });

  it("knows these components, and refuses a default account without the gate", () => {
    const text = source("internal/builder/options.go");
    expect(
      list<string>(
        /Components: \[\]string(\{[^}]*\})/
          .exec(text)?.[1]
          ?.replace("{", "[")
          .replace(/,\s*\}/, "]") ?? "",
      ),
    ).toEqual([...fluxComponents]);
    expect(source("api/v1/fluxinstance_types.go")).toContain(
      ".objectLevelWorkloadIdentity must be set to true when .multitenantWorkloadIdentity is set to true",
    );
  });
});

describe("the table of controllers", () => {
  it.each(each)(
    "%s: the sandbox has the CRDs of the version it rehearses, and its program when it has one",
    (name, { version }) => {
      expect(componentVersion(name)).toBe(`v${version.rehearsed}`);
      const tool = tools.find((candidate) => candidate.name === name);
      if (tool !== undefined) expect(tool.version).toBe(version.rehearsed);
    },
  );

  it("keeps tenants from every identity of the platform", () => {
    const flags = (name: string): string[] => {
      const controller = fluxControllers.find((candidate) => candidate.name === name);
      return controller === undefined ? [] : fluxArguments(controller, fluxTenancy, place);
    };
    // security.md #20 to #23.
    expect(flags("kustomize-controller")).toEqual(
      expect.arrayContaining([
        "--no-cross-namespace-refs=true",
        "--no-remote-bases=true",
        "--default-service-account=default",
        "--default-kubeconfig-service-account=default",
        "--default-decryption-service-account=default",
        // Without the gate, kustomize-controller refuses the two before and ends.
        "--feature-gates=ObjectLevelWorkloadIdentity=true",
      ]),
    );
    for (const name of fluxComponents) {
      expect(flags(name).join(" ")).not.toMatch(/sops-age-secret|insecure-kubeconfig/);
      if (name !== "source-controller") expect(flags(name)).toContain("--no-cross-namespace-refs=true");
    }
  });

  it("sends no events when nobody takes them", () => {
    for (const controller of fluxControllers.filter(({ name }) => name !== "notification-controller")) {
      expect(fluxArguments(controller, {}, { ...place, components: [controller.name] })[0]).toBe("--events-addr=");
    }
  });
});
