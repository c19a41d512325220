import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import type { KubernetesObject } from "../../model/kubernetes";
import { moduleDir } from "../../sandbox/toolchain/manifests";
import { installingSettings } from "../support/control-plane";
import { Definitions } from "../support/definitions";
import { plan } from "../support/fixtures";

const entrance = (issuer: Record<string, unknown>) => {
  const { controlPlane } = plan(
    [],
    installingSettings({ entrance: { issuer, annotations: { "example.com/scheme": "internet-facing" } } }),
  );
  if (controlPlane.entrance === undefined) throw new Error("no way in");
  return controlPlane.entrance;
};
const resources = (issuer: Record<string, unknown>): KubernetesObject[] =>
  (entrance(issuer)["spec"] as unknown as { resources: KubernetesObject[] }).resources;

const issuers = [
  { kind: "acme", email: "platform@example.com", region: "eu-central-1" },
  { kind: "authority" },
  { kind: "existing", name: "ours" },
];

/** CRDs of a folder's files; a chart's conditions stand on lines of their own. */
function definitionsIn(folder: string, pattern: RegExp): object[] {
  return readdirSync(folder)
    .filter((name) => pattern.test(name))
    .flatMap((name) => {
      const text = readFileSync(join(folder, name), "utf8").replace(/^\s*\{\{.*\}\}\s*$/gm, "");
      return parseAllDocuments(text).map((document) => document.toJS() as { kind?: string } | null);
    })
    .filter((object) => object?.kind === "CustomResourceDefinition") as object[];
}

let definitions: Definitions | undefined;
beforeAll(async () => {
  const folders = await Promise.all([moduleDir("cert-manager"), moduleDir("envoy-gateway")]).catch(() => undefined);
  if (folders === undefined) return;
  const [certManager, gateway] = folders;
  definitions = Definitions.of([
    ...definitionsIn(join(certManager, "deploy/crds"), /\.yaml$/),
    ...definitionsIn(join(gateway, "charts/gateway-crds-helm/templates"), /^experimental-gatewayapi-crds\.yaml$/),
  ]);
}, 300_000);

describe.each(issuers)("the way in, with certificates of kind $kind", (issuer) => {
  it("is what the real CRDs of cert-manager and of the Gateway API take", (context) => {
    if (definitions === undefined) return context.skip("their modules cannot be had here: that needs Go");
    const objects = resources(issuer);
    expect(objects.length).toBeGreaterThan(6);
    for (const object of objects) expect(definitions.complaints(object), JSON.stringify(object.metadata)).toEqual([]);
  });

  it("has a certificate for each listener that ends TLS, and passes Vault's on", () => {
    const objects = resources(issuer);
    const made = objects
      .filter(({ kind }) => kind === "Certificate")
      .map(({ metadata }) => `${metadata.namespace ?? ""}/${metadata.name}`);
    expect(made).toEqual(
      expect.arrayContaining(["gateway/gitlab-tls", "gateway/registry-tls", "vault/vault-server-tls"]),
    );
    const gateway = objects.find(({ kind }) => kind === "Gateway")?.["spec"] as unknown as {
      listeners: { name: string; protocol: string; hostname?: string; tls?: { mode: string } }[];
    };
    expect(gateway.listeners.map(({ name, protocol, tls }) => `${name} ${protocol} ${tls?.mode ?? ""}`)).toEqual([
      "vault TLS Passthrough", "gitlab HTTPS Terminate", "registry HTTPS Terminate", "gitlab-ssh TCP ",
    ]); // prettier-ignore
  });

  it("is waited for, and lets in nobody but the services", () => {
    const { metadata, spec } = entrance(issuer);
    expect(metadata.annotations).toMatchObject({ "pulumi.com/waitFor": "condition=Ready" });
    expect(spec).toMatchObject({ wait: true, serviceAccountName: "platform-reconciler" });
    const gateway = resources(issuer).find(({ kind }) => kind === "Gateway");
    expect(JSON.stringify(gateway)).toContain('"values":["gitlab","harbor","vault"]');
    expect(JSON.stringify(gateway)).not.toContain('"from":"All"');
  });
});

it("the way in is an object that flux-operator takes", async () => {
  const operator = await Definitions.load("flux-operator");
  for (const issuer of issuers) expect(operator.complaints(entrance(issuer))).toEqual([]);
}, 300_000);

it("an authority of one's own is known to whoever must trust it", () => {
  const names = resources({ kind: "authority" }).map(
    ({ kind, metadata }) => `${kind} ${metadata.namespace ?? ""}/${metadata.name}`,
  );
  expect(names).toEqual(
    expect.arrayContaining([
      "Certificate cert-manager/platform-root",
      "Certificate gitlab/platform-authority",
      "Certificate harbor/platform-authority",
      "Certificate gitlab-runner/platform-authority",
    ]),
  );
  expect(resources({ kind: "existing", name: "ours" }).map(({ kind }) => kind)).not.toContain("ClusterIssuer");
});
