import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { engineRules, engines } from "../../guardrails/engines";
import { moduleDir } from "../../sandbox/toolchain/manifests";
import { Definitions } from "../support/definitions";

interface Definition {
  readonly kind: string;
  readonly spec: {
    readonly group: string;
    readonly names: { readonly kind: string };
    readonly versions: readonly { readonly name: string; readonly served: boolean; readonly deprecated?: boolean }[];
  };
}

async function definitionsOf(component: string, ...folder: readonly string[]): Promise<readonly Definition[]> {
  const path = join(await moduleDir(component), ...folder);
  return readdirSync(path)
    .filter((name) => name.endsWith(".yaml"))
    .flatMap((name) => parseAllDocuments(readFileSync(join(path, name), "utf8")))
    .map((document) => document.toJS() as Definition)
    .filter(({ kind }) => kind === "CustomResourceDefinition");
}

describe("rules for engines", () => {
  let definitions: readonly Definition[] = [];
  beforeAll(async () => {
    definitions = [
      ...(await definitionsOf("kyverno", "config", "crds", "policies.kyverno.io")),
      ...(await definitionsOf("gatekeeper", "charts", "gatekeeper", "crds")),
    ];
  }, 120_000);

  // A constraint's kind is made by its template.
  const made = [...engines.kyverno(), ...engines.gatekeeper()].filter(({ kind }) => !kind.startsWith("Estate"));

  it("are all there for each engine", () => {
    expect(engines.kyverno()).toHaveLength(engineRules.length);
    expect(engines.gatekeeper()).toHaveLength(engineRules.length * 2);
  });

  it("are of versions that the engines serve and do not call deprecated", () => {
    for (const { apiVersion, kind } of made) {
      const [group, version] = apiVersion.split("/");
      const own = definitions.find(({ spec }) => spec.group === group && spec.names.kind === kind);
      const found = own?.spec.versions.find(({ name }) => name === version);
      expect(found, `${apiVersion} ${kind}`).toMatchObject({ served: true });
      expect(found?.deprecated ?? false).toBe(false);
    }
  });

  it("have no field that the engines do not know", () => {
    const known = Definitions.of(definitions);
    for (const object of made) expect(known.complaints(object), object.metadata.name).toEqual([]);
  });

  it("name each template as its constraint's kind in small letters", () => {
    const kinds = engines.gatekeeper().filter(({ kind }) => kind.startsWith("Estate"));
    const templates = engines.gatekeeper().filter(({ kind }) => kind === "ConstraintTemplate");
    expect(kinds.map(({ kind }) => kind.toLowerCase())).toEqual(templates.map(({ metadata }) => metadata.name));
  });
});
