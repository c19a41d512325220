import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as gitlab from "@pulumi/gitlab";
import * as pulumi from "@pulumi/pulumi";
import * as harbor from "@pulumiverse/harbor";
import { describe, expect, it } from "vitest";
import { compared, facts, sdkNames, type SdkName } from "./facts";
import { registered, type Registered } from "./registered";
import type { ResourceFacts } from "./shape";
import { readTypeScript } from "./typescript";

type Construct = new (name: string, args: unknown, opts?: pulumi.CustomResourceOptions) => pulumi.Resource;

const packages: Readonly<Record<SdkName, Readonly<Record<string, unknown>>>> = { gitlab, harbor };

/** What our classes keep secret although the schemas of the plugins do not. */
const moreSecret: Readonly<Record<string, readonly string[]>> = {
  "gitlab:index/groupVariable:GroupVariable": ["value"],
  "gitlab:index/projectVariable:ProjectVariable": ["value"],
  harbor: ["bearerToken", "sessionId"],
  "harbor:index/projectWebhook:ProjectWebhook": ["authHeader"],
};

const cases = sdkNames.flatMap((sdk) =>
  Object.entries(facts(sdk).resources).map(([name, expected]) => [sdk, name, expected] as const),
);

describe.each(sdkNames)("sdks/%s", (sdk) => {
  const expected = facts(sdk);
  const manifest = JSON.parse(readFileSync(join(folder(sdk), "package.json"), "utf8")) as {
    version: string;
    pulumi: unknown;
  };

  it("is the plugin's version, and says where the plugin comes from", () => {
    expect(manifest.version).toBe(expected.version);
    expect(manifest.pulumi).toEqual({ ...expected.plugin, version: expected.version });
  });

  it("exports the classes that are compared, and nothing else", () => {
    expect(
      Object.keys(packages[sdk])
        .filter((name) => !["types", "default", "module.exports"].includes(name))
        .sort(),
    ).toEqual(compared[sdk]);
  });

  it("declares the properties of the published package, with their types and which of them must be given", () => {
    const read = readTypeScript(folder(sdk), compared[sdk]);
    const { inputTypes, outputTypes, resources } = expected;
    const properties = Object.entries(resources).map(([name, { inputs, outputs }]) => [name, { inputs, outputs }]);
    expect(read).toEqual(plainNumbers({ resources: Object.fromEntries(properties), inputTypes, outputTypes }));
  });
});

describe("every class", () => {
  it.each(cases)("%s %s tells the engine its token, version and secrets", async (sdk, name, expected) => {
    const { registration, keys } = await made(sdk, name, expected);
    expect(registration.type).toBe(name === "Provider" ? `pulumi:providers:${sdk}` : expected.token);
    expect(registration.version).toBe(facts(sdk).version);
    expect(keys).toEqual(expect.arrayContaining(Object.keys(expected.outputs).map(bare)));
    const more = moreSecret[expected.token] ?? [];
    expect([...registration.secretInputs].sort()).toEqual([...names(expected.secretInputs), ...more].sort());
    expect([...registration.secretOutputs].sort()).toEqual([...names(expected.secretOutputs), ...more].sort());
    expect(registration.downloadUrl).toBe(facts(sdk).plugin["server"] ?? "");
  });

  it("refuses what lacks a property that must be given", () => {
    const missing = packages.gitlab["Group"] as Construct;
    expect(() => new missing("x", {})).toThrow("Missing required property 'path'");
  });

  it("sends a provider's numbers, truth values and maps as text", async () => {
    const { inputs } = await registered(
      () => new gitlab.Provider("p", { retries: 3, earlyAuthCheck: false, headers: { "X-A": "b" }, token: "t" }),
    );
    expect(inputs).toEqual({
      earlyAuthCheck: "false",
      headers: '{"X-A":"b"}',
      retries: "3",
      token: "t",
    });
  });
});

async function made(
  sdk: SdkName,
  name: string,
  expected: ResourceFacts,
): Promise<{ readonly registration: Registered; readonly keys: readonly string[] }> {
  const construct = packages[sdk][name] as Construct;
  const args = Object.fromEntries(Object.keys(expected.inputs).map((key) => [bare(key), "given"]));
  const keys: string[] = [];
  const registration = await registered(() => {
    const resource = new construct("x", args);
    keys.push(...Object.entries(resource).flatMap(([key, value]) => (pulumi.Output.isInstance(value) ? [key] : [])));
  });
  return { registration, keys };
}

function folder(sdk: SdkName): string {
  return join(__dirname, "../../sdks", sdk);
}

function names(text: string): readonly string[] {
  return text === "" ? [] : text.split(" ");
}

function bare(key: string): string {
  return key.replace("?", "");
}

/** TypeScript has one type of number. */
function plainNumbers(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value).replaceAll('"integer', '"number'));
}
