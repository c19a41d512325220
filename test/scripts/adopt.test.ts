import { describe, expect, it } from "vitest";
import { fittingProfile, nameOfNamespace } from "../../scripts/adopt/found";
import { below, withIds, type ImportList } from "../../scripts/adopt/import-list";
import {
  programInputs,
  resourcesIn,
  settledFields,
  settledInputs,
  settledObject,
  withResources,
} from "../../scripts/adopt/settle";
import { settings } from "../support/fixtures";

const list: ImportList = {
  nameTable: { "dev-provider": "urn:dev", "gitlab-provider": "urn:gitlab" },
  resources: [
    { type: "estate:index:Tenant", name: "tenant-a", component: true },
    { type: "estate:index:Tenant", name: "tenant-b", component: true },
    {
      type: "kubernetes:core/v1:Namespace",
      name: "dev/Namespace/a-dev",
      id: "<PLACEHOLDER>",
      parent: "tenant-a",
      provider: "dev-provider",
    },
    {
      type: "gitlab:index/group:Group",
      name: "gitlab/a",
      id: "<PLACEHOLDER>",
      parent: "tenant-a",
      provider: "gitlab-provider",
    },
    {
      type: "gitlab:index/group:Group",
      name: "gitlab/b",
      id: "<PLACEHOLDER>",
      parent: "tenant-b",
      provider: "gitlab-provider",
    },
  ],
};

describe("a list of imports", () => {
  it("has what is below one tenant", () => {
    expect(below(list, "tenant-a").map(({ name }) => name)).toEqual(["dev/Namespace/a-dev", "gitlab/a"]);
  });

  it("keeps what has an id, its parents and its providers, and nothing with a placeholder", () => {
    const [namespace] = below(list, "tenant-a");
    if (namespace === undefined) throw new Error("no namespace");
    expect(withIds(list, new Map([[namespace, "a-dev"]]))).toEqual({
      nameTable: { "dev-provider": "urn:dev" },
      resources: [list.resources[0], { ...namespace, id: "a-dev" }],
    });
  });
});

describe("what an import took for the program's", () => {
  const said = { kind: "X", metadata: { name: "x", labels: { own: "1" } }, spec: { rules: [{ a: 1 }], selector: {} } };
  const defaults = { kind: "X", spec: { rules: [{ a: 1, filled: true }], selector: {}, interval: "10m" } };
  const metadata = {
    name: "x",
    finalizers: ["theirs"],
    labels: { own: "1", others: "2" },
    annotations: { others: "3" },
  };

  it("loses others' labels and what the server fills in", () => {
    const spec = { rules: [{ a: 1, filled: true }], selector: {}, interval: "10m" };
    expect(settledInputs({ kind: "X", metadata, spec }, said, defaults)).toEqual(said);
  });

  it.each([
    ["a narrower selector", { rules: [{ a: 1 }], selector: { app: "x" } }],
    ["another value of a field that the server would fill in", { rules: [{ a: 1 }], selector: {}, interval: "1m" }],
    ["one more item", { rules: [{ a: 1 }, { a: 2 }], selector: {} }],
    ["another value", { rules: [{ a: 3 }], selector: {} }],
  ])("keeps %s, which the next preview tells", (_, spec) => {
    expect(settledInputs({ kind: "X", metadata, spec }, said, defaults)).toEqual({ ...said, spec });
  });

  it("keeps everything where the server could not be asked", () => {
    const spec = { rules: [{ a: 1 }], selector: {}, interval: "10m" };
    expect(settledInputs({ kind: "X", metadata, spec }, said, undefined)).toMatchObject({ spec });
  });
});

describe("what GitLab and Harbor cannot tell", () => {
  const file = "gitlab:index/repositoryFile:RepositoryFile";
  const base64 = (bytes: string | Buffer): string => Buffer.from(bytes).toString("base64");

  it("is the program's; a file is text again, and never Base64 that is written as text", () => {
    expect(
      settledFields(
        file,
        { content: base64("own: {}\n"), encoding: "base64" },
        { commitMessage: "m", content: "new", encoding: "text" },
      ),
    ).toEqual({
      commitMessage: "m",
      content: "own: {}\n",
      encoding: "text",
    });
  });

  it("is nothing of what they can", () => {
    expect(settledFields("gitlab:index/group:Group", { name: "a" }, { name: "b" })).toEqual({});
    expect(settledFields(file, { content: base64(Buffer.from([0xff])), encoding: "base64" }, {})).toEqual({});
  });
});

it("changes one resource of a state, and no other", () => {
  const state = JSON.stringify({
    version: 3,
    deployment: {
      resources: [
        { urn: "a", type: "t", outputs: { __inputs: {}, uid: 1 } },
        { urn: "b", type: "t" },
      ],
    },
  });
  const [first] = resourcesIn(state);
  if (first === undefined) throw new Error("no resource");
  const changed = withResources(state, new Map([["a", settledObject(first, { x: 1 })]]));
  expect(JSON.parse(changed)).toEqual({
    version: 3,
    deployment: {
      resources: [
        { urn: "a", type: "t", inputs: { x: 1 }, outputs: { __inputs: { x: 1 }, uid: 1 } },
        { urn: "b", type: "t" },
      ],
    },
  });
  expect(programInputs('{"steps":[{"urn":"a","newState":{"inputs":{"x":1}}},{"urn":"b"}]}')).toEqual(
    new Map([["a", { x: 1 }]]),
  );
});

describe("a namespace's name", () => {
  it("is read from the right", () => {
    expect(nameOfNamespace("team-a-prod", ["dev", "prod"])).toEqual({ tenant: "team-a", environment: "prod" });
  });

  it.each(["prod", "team-a", "team-a-stage", "-prod"])("%s is no tenant's", (name) => {
    expect(() => nameOfNamespace(name, ["dev", "prod"])).toThrow(/cannot be adopted as it is/);
  });
});

describe("the profile", () => {
  const { profiles } = settings();

  it.each([
    [[], "standard", true],
    [[{ pods: "50" }], "standard", true],
    [[{ pods: "10" }, { "requests.memory": "20Gi" }], "large", true],
    [[{ pods: "201" }], "large", false],
    [[{ services: "5" }], "standard", true],
  ])("for %j is %s (fits: %s)", (quotas, profile, fits) => {
    expect(fittingProfile(profiles, quotas as Record<string, string>[])).toEqual({ profile, fits });
  });
});
