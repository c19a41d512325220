import { KubernetesClient } from "@estate/clients";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { addDays } from "../../model/date";
import { pulumi } from "../../scripts/pulumi-cli";
import { TestProject } from "./project";
import { trimDocument, trimEvents } from "./trim-preview";

// Records the previews that test/review reads: `npx tsx test/support/record-previews.ts` raises a small estate in a sandbox of
// its own and writes test/fixtures/previews. It takes about 20 minutes.

const folder = join(__dirname, "../fixtures/previews");

const web = ["environments: [dev]", "applications: [{ name: web }]"] as const;
const exception =
  'exceptions: [{ set: quota.pods, value: "80", environment: dev, reason: many small jobs, approvedBy: platform-leads, until: "2099-03-31" }]';

/** One preview in both forms; a failed one is a recording, too. */
async function record(project: TestProject, name: string, ...more: readonly string[]): Promise<void> {
  const args = ["preview", "--json", ...more, "--stack", "dev"];
  const document = await pulumi(project.context, ...args);
  writeFileSync(join(folder, `${name}.json`), trimDocument(document.stdout));
  const env = { ...project.context.env, PULUMI_ENABLE_STREAMING_JSON_PREVIEW: "true" };
  const events = await pulumi({ ...project.context, env }, ...args);
  writeFileSync(join(folder, `${name}.ndjson`), trimEvents(events.stdout));
  console.log(`${name}: exit codes ${String(document.code)} and ${String(events.code)}`);
}

async function tenants(project: TestProject): Promise<void> {
  project.tenant("payments", "environments: [dev]", "applications: [{ name: checkout }]");
  await record(project, "added");
  project.removeTenant("payments");
  project.tenant("team-a", ...web, exception);
  await record(project, "quota");
  project.tenant("team-a", ...web, "access: { developers: { group: engineering, shared: true } }");
  await record(project, "access");
  project.tenant("team-a", ...web);
  project.tenant("team-ab", "environments: [dev]", "lifecycle: { state: removed }");
  project.settings("config:\n", "config:\n  estate:tenants: { letGo: [team-ab] }\n");
  await record(project, "removed");
  const [urn = ""] = (project.resources().find((line) => line.includes("::dev/Namespace/team-ab-dev")) ?? "").split(
    " ",
  );
  await project.succeed("state", "protect", urn, "--yes");
  await record(project, "protected");
  await project.succeed("state", "unprotect", urn, "--yes");
  project.tenant("team-ab", "environments: [dev]");
  project.settings("  estate:tenants: { letGo: [team-ab] }\n", "");
  project.tenant("team-a", "environments: [dev]", "aplications: [{ name: web }]");
  await record(project, "broken");
  project.tenant("team-a", ...web);
}

/** All credentials anew, as of the day before. */
async function rotation(project: TestProject): Promise<void> {
  const file = join(project.dir, "Pulumi.dev.yaml");
  const text = readFileSync(file, "utf8");
  const [, issued = ""] = /issued: "([^"]*)"/.exec(text) ?? [];
  project.settings(/issued: "[^"]*"/, `issued: "${addDays(issued, -1)}"`);
  await record(project, "replaced");
  writeFileSync(file, text);
}

/** Somebody deletes a network policy and raises a quota. */
async function drift(project: TestProject): Promise<void> {
  const client = KubernetesClient.fromKubeconfig({ path: project.sandbox.kubeconfig, context: "dev" });
  const at = (apiVersion: string, kind: string, name: string) => ({
    apiVersion,
    kind,
    metadata: { name, namespace: "team-a-dev" },
  });
  await client.delete(at("networking.k8s.io/v1", "NetworkPolicy", "default-deny"));
  await client.patch(at("v1", "ResourceQuota", "tenant"), { spec: { hard: { pods: "999" } } });
  client.close();
  await record(project, "drift", "--refresh");
  await project.succeed("up", "--refresh", "--yes", "--skip-preview");
}

async function gitDelivery(project: TestProject): Promise<void> {
  for (const [from, to] of [
    ["direct", "handover"],
    ["handover", "git"],
  ] as const) {
    project.settings(`estate:delivery: ${from}`, `estate:delivery: ${to}`);
    await project.succeed("up", "--yes", "--skip-preview");
  }
  project.tenant("team-a", ...web, exception);
  await record(project, "git");
}

async function main(): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const project = await TestProject.start();
  try {
    project.tenant("team-a", ...web);
    project.tenant("team-ab", "environments: [dev]");
    await project.succeed("up", "--yes", "--skip-preview");
    await record(project, "same");
    await tenants(project);
    await rotation(project);
    await drift(project);
    await gitDelivery(project);
  } finally {
    await project.end();
  }
}

void main();
