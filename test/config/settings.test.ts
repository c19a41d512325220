import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { hasErrors, readSettings, type RuntimeConfig, type Settings } from "../../config/settings";
import { builtin } from "../../features";
import { formatProblem, sortProblems } from "../../model/problem";
import { type TemporaryProject, temporaryProject } from "../support/projects";

let project: TemporaryProject;
beforeEach(() => {
  project = temporaryProject();
});
afterEach(() => {
  project.remove();
});

function load(runtime?: RuntimeConfig, stack = "dev"): Settings {
  const { settings, problems } = read(runtime, stack);
  if (settings === undefined || hasErrors(problems)) throw new Error(problems.map(formatProblem).join("\n"));
  return settings;
}

function read(runtime?: RuntimeConfig, stack = "dev"): ReturnType<typeof readSettings> {
  return readSettings({ projectDir: project.dir, stack, features: builtin, ...(runtime && { runtime }) });
}

function problems(runtime?: RuntimeConfig, stack?: string): string[] {
  return sortProblems(read(runtime, stack).problems).map(formatProblem);
}

describe("readSettings", () => {
  it("fills in defaults", () => {
    expect(load()).toMatchObject({
      name: "acme",
      clusters: { dev: { context: "kind-dev", ring: 0 }, prod: { ring: 1 } },
      delivery: "direct",
      profiles: { standard: { limits: { default: { cpu: "500m" }, max: { cpu: "4" } }, registryGi: 20 } },
    });
  });

  it("finds the file of a full stack name", () => {
    expect(load(undefined, "organization/estate/dev").name).toBe("acme");
  });

  it("believes the file and not the CLI, which rewrites values", () => {
    // The CLI hands `cpu: "1.30"` over as a number.
    const runtime = { "estate:name": "other", "estate:profiles": '{"standard":{"quota":{"pods":1.3}}}' };
    expect(load(runtime)).toMatchObject({ name: "acme", profiles: { standard: { quota: { pods: "50" } } } });
  });

  it("takes what is in no file from the running program", () => {
    const runtime = { "estate:delivery": "direct", "estate:tenants": '{"only":["team-a"]}', "aws:region": "x" };
    expect(load(runtime).tenants).toEqual({ only: ["team-a"] });
    expect(
      problems({ "estate:tenants": '{"olny":["team-a"]}', "estate:scope": "evrything", "estate:nmae": "x" }),
    ).toEqual([
      'config estate:nmae: error[K001]: unknown key "estate:nmae"; did you mean "estate:name"?',
      'config estate:scope: error[K007]: "evrything" is none of the choices of "estate:scope"; did you mean "everything"?',
      'config estate:tenants: error[K001]: unknown key "olny"; did you mean "only"?',
    ]);
  });

  it("needs no file when the running program has everything", () => {
    const file = load();
    const { name, domain, ...structures } = file;
    const texts = Object.entries(structures).map(([key, value]): [string, string] => [
      `estate:${key}`,
      typeof value === "string" ? value : JSON.stringify(value),
    ]);
    const runtime = { "estate:name": name, "estate:domain": domain, ...Object.fromEntries(texts) };
    expect(load(runtime, "automation")).toEqual(file);
  });

  it("takes encrypted values from the running program", () => {
    const encrypted = "config:\n  estate:vault:\n    address:\n      secure: v1:abc\n";
    project.write("Pulumi.enc.yaml", encrypted);
    const { name, domain, gitlab, access, credentials, clusters, environments, profiles } = load();
    const runtime = {
      "estate:name": name,
      "estate:domain": domain,
      ...Object.fromEntries(
        Object.entries({ gitlab, access, credentials, clusters, environments, profiles }).map(([key, value]) => [
          `estate:${key}`,
          JSON.stringify(value),
        ]),
      ),
    };
    expect(load({ ...runtime, "estate:vault": '{"address":"https://v.example.com/"}' }, "enc").vault.address).toBe(
      "https://v.example.com",
    );
    expect(problems(runtime, "enc")).toEqual([
      'Pulumi.enc.yaml:2:3: error[P019]: "estate:vault" is encrypted, and only Pulumi can read it; no estate: key is a secret: write it in clear',
    ]);
  });

  it("tells when the stack has no file", () => {
    expect(problems({}, "prod")).toEqual(['Pulumi.prod.yaml: error[P015]: stack "prod" has no file; known: dev']);
    expect(problems(undefined, "dve")).toEqual(['Pulumi.dve.yaml: error[P015]: stack "dve" has no file; known: dev']);
  });

  it("tells when the file has no configuration", () => {
    project.write("Pulumi.dev.yaml", "secretsprovider: passphrase\n");
    expect(problems()).toContain('Pulumi.dev.yaml:1:1: error[K004]: "estate:name" is required; add it');
  });

  it("is not interested in values of others", () => {
    project.write("Pulumi.other.yaml", "config:\n  aws:id: 0123\n  aws:flag: no\n  aws:day: 2026-01-01\n");
    expect(problems(undefined, "other").filter((line) => !line.includes("K004"))).toEqual([]);
  });
});
