import { afterAll, beforeAll, expect, it } from "vitest";
import { TestProject } from "../support/project";

// Addons of an estate that is raised by the real engine: the GitOps engine gets them, and an up waits for none of them. Here
// there is no way to their charts and no node to run them on, so what is raised is told as not ready, and nothing else stops.

let project: TestProject;
beforeAll(async () => {
  project = await TestProject.start();
  project.tenant("team-a", "environments: [dev]");
  project.settings(
    /(\n {2}estate:access:)/,
    "\n  estate:addons:\n    cert-manager: {}\n    trust-manager: { clusters: [dev] }\n    gateway-crds: {}\n    envoy-gateway: { clusters: [dev] }\n    metrics-server: { clusters: [dev], values: { replicas: 2 } }$1",
  );
});
afterAll(() => project.end());

it("are handed to the GitOps engine without a wait, and stay as they are", async () => {
  await project.succeed("up", "--yes", "--skip-preview");
  const resources = project.resources().join("\n");
  for (const name of [
    "dev/flux-system/HelmRelease/addon-metrics-server",
    "dev/flux-system/HelmRepository/addon-metrics-server",
    "dev/flux-system/OCIRepository/addon-cert-manager",
    "dev/flux-system/ResourceSet/addon-envoy-gateway",
    "dev/Namespace/metrics",
    "prod/flux-system/HelmRelease/addon-cert-manager",
  ])
    expect(resources).toContain(name);
  expect(resources).not.toContain("prod/flux-system/HelmRelease/addon-metrics-server");
  expect((await project.previewed()).filter((line) => !line.startsWith("same "))).toEqual([]);
});

it("go before the engine does, and leave nothing behind", async () => {
  await project.succeed("destroy", "--yes", "--skip-preview");
  expect(project.state()).not.toContain("urn:pulumi:");
});
