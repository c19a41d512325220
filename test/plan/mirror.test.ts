import { describe, expect, it } from "vitest";
import { addons } from "../../model/addons";
import { planEstate, type EstatePlan } from "../../plan/plan";
import { builtin } from "../../features";
import { installing } from "../support/control-plane";
import { addresses, settings, tenant } from "../support/fixtures";
import { publicHosts, textsOf } from "../support/images";

const mirror = { charts: "oci://mirror.example.com/charts", images: "mirror.example.com" };
const everything = Object.fromEntries(addons.map(({ name }) => [name, { clusters: ["control-plane", "dev", "prod"] }]));

const planned = (from?: typeof mirror): EstatePlan =>
  planEstate({
    settings: settings({
      ...installing,
      addons: everything,
      identity: { kind: "openunison", upstream: { issuer: "https://login.example.com", clientId: "estate" } },
      ...(from === undefined ? {} : { mirror: from }),
    }),
    tenants: [
      tenant("team-a", { applications: [{ name: "web", imageUpdates: { range: "^1.x-0" } }] }),
      tenant("virtual", { isolation: "vcluster" }),
    ],
    features: builtin,
    addresses,
  });

/** Hosts that the settings name, and from which neither charts nor images come: who signs certificates. */
const named = new Set(["acme-v02.api.letsencrypt.org"]);

/** Hosts that a text names: of addresses with a scheme, and of images. */
function hostsOf(text: string): string[] {
  const addressed = [...text.matchAll(/(?:https?|oci|ssh):\/\/([^/\s"':)]+)/g)].map(([, host = ""]) => host);
  return addressed.filter((host) => host.includes(".") && !named.has(host));
}

/** Hosts of the estate's own services and clusters, and those that Kubernetes and its tools write as names of kinds. */
const own = /(^|\.)example\.com$|\.vault-internal$|\.svc(\.cluster\.local)?\.?$/;

describe("with a mirror", () => {
  it("charts and images come from it and from nowhere else, in the whole plan", () => {
    const texts = textsOf(planned(mirror));
    expect(texts.filter((text) => publicHosts.test(text))).toEqual([]);
    expect([...new Set(texts.flatMap(hostsOf))].filter((host) => !own.test(host))).toEqual([]);
  });

  it("that is found: without one, this same walk meets the public registries", () => {
    const found = textsOf(planned()).filter((text) => publicHosts.test(text));
    expect(found.length).toBeGreaterThan(20);
    for (const host of ["ghcr.io", "quay.io", "charts.loft.sh", "docker.io"])
      expect(
        found.some((text) => text.includes(host)),
        host,
      ).toBe(true);
  });

  it("an image of a virtual cluster passes the guardrail under the mirror, and not from where it was", () => {
    const { clusters } = planned(mirror);
    const text = JSON.stringify(clusters[0]?.platform.guardrails);
    expect(text).toContain("mirror.example.com/loft-sh/vcluster-oss:");
    expect(text).toContain("mirror.example.com/coredns/coredns:");
    expect(text).not.toContain("ghcr.io");
  });

  it("Flux, its operator, External Secrets and virtual clusters come from it", () => {
    const { clusters, tenants } = planned(mirror);
    const { gitops, releases } = clusters[0]?.platform ?? {};
    expect(gitops?.release).toMatchObject({
      chart: "oci://mirror.example.com/charts/flux-operator",
      values: { image: { repository: "mirror.example.com/controlplaneio-fluxcd/flux-operator" } },
    });
    expect(gitops?.instance["spec"]).toMatchObject({
      distribution: {
        registry: "mirror.example.com/fluxcd",
        artifact: expect.stringMatching(
          /^oci:\/\/mirror\.example\.com\/controlplaneio-fluxcd\/flux-operator-manifests:v/,
        ),
      },
    });
    expect(releases?.[0]).toMatchObject({ chart: "oci://mirror.example.com/charts/external-secrets" });
    expect(releases?.[0]?.repository).toBeUndefined();
    const objects = tenants.flatMap(({ homes }) => homes.flatMap((home) => home.objects));
    const release = objects.find(({ kind }) => kind === "HelmRelease");
    expect(objects.find(({ kind }) => kind === "OCIRepository")?.["spec"]).toMatchObject({
      url: "oci://mirror.example.com/charts/vcluster",
    });
    expect(release?.["spec"]).toMatchObject({
      chartRef: { kind: "OCIRepository", name: release?.metadata.name },
      values: { controlPlane: { advanced: { defaultImageRegistry: "mirror.example.com" } } },
    });
  });

  it("pipelines run in images of it", () => {
    const files = Object.values(planned(mirror).pipelines).join("\n");
    expect(files).toContain("image: mirror.example.com/buildah/stable:");
    expect(files).toContain("image: mirror.example.com/library/buildpack-deps:");
  });

  it("installed services and their Jobs come from it", () => {
    const { vault, gitlab, registry, identity } = planned(mirror).controlPlane;
    for (const release of [vault, gitlab, registry].map((own) => own?.release))
      expect(release?.chart).toMatch(/^oci:\/\/mirror\.example\.com\/charts\//);
    for (const job of [vault?.job, gitlab?.job, gitlab?.before, registry?.job]) {
      const found = [...JSON.stringify(job).matchAll(/"image":"([^"]*)"/g)].map(([, image = ""]) => image);
      expect(found.length).toBeGreaterThan(0);
      for (const image of found) expect(image).toMatch(/^mirror\.example\.com\//);
    }
    expect(JSON.stringify(gitlab?.runner)).toContain(
      "mirror.example.com/gitlab-org/gitlab-runner/gitlab-runner-helper:",
    );
    const chart = JSON.stringify(identity?.openUnison?.plane);
    expect(chart).toContain("mirror.example.com/tremolosecurity/kube-oidc-proxy:");
    expect(JSON.stringify(gitlab?.release.values)).toContain("mirror.example.com/gitlab-org/build/cng/gitaly");
    expect(JSON.stringify(registry?.release.values)).toContain("mirror.example.com/goharbor/harbor-core");
  });

  it("what the settings say of one addon still holds", () => {
    const cluster = planEstate({
      settings: settings({
        mirror,
        addons: { "metrics-server": { values: { image: { repository: "registry.example.com/own" } } } },
      }),
      tenants: [],
      features: builtin,
      addresses,
    }).clusters[0];
    expect(JSON.stringify(cluster?.platform.addons)).toContain("registry.example.com/own");
  });
});
