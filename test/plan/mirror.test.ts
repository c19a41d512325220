import { describe, expect, it } from "vitest";
import { addons } from "../../model/addons";
import { planEstate, type EstatePlan } from "../../plan/plan";
import { builtin } from "../../features";
import { addresses, settings, tenant } from "../support/fixtures";
import { publicHosts, textsOf } from "../support/images";

const mirror = { charts: "oci://mirror.example.com/charts", images: "mirror.example.com" };
const everything = Object.fromEntries(addons.map(({ name }) => [name, { clusters: ["control-plane", "dev", "prod"] }]));

const planned = (from?: typeof mirror): EstatePlan =>
  planEstate({
    settings: settings({ addons: everything, ...(from === undefined ? {} : { mirror: from }) }),
    tenants: [
      tenant("team-a", { applications: [{ name: "web", imageUpdates: { range: "^1.x-0" } }] }),
      tenant("virtual", { isolation: "vcluster" }),
    ],
    features: builtin,
    addresses,
  });

/** Hosts that a text names: of addresses with a scheme, and of images. */
function hostsOf(text: string): string[] {
  const addressed = [...text.matchAll(/(?:https?|oci|ssh):\/\/([^/\s"':)]+)/g)].map(([, host = ""]) => host);
  return addressed.filter((host) => host.includes("."));
}

/** Hosts of the estate's own services and clusters, and those that Kubernetes and its tools write as names of kinds. */
const own = /^([a-z-]+\.)*(example\.com|platform\.example\.com)$|\.svc(\.cluster\.local)?\.?$|^[a-z.-]+\.svc$/;

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
