import { moduleDir } from "@estate/sandbox";
import { Ajv2020 } from "ajv/dist/2020.js";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { plan, tenant } from "../support/fixtures";

describe("values of the vCluster release", () => {
  let validate: (values: unknown) => string[] = () => [];
  beforeAll(async () => {
    const schema: unknown = JSON.parse(
      readFileSync(join(await moduleDir("vcluster"), "chart", "values.schema.json"), "utf8"),
    );
    const check = new Ajv2020({ strict: false, allErrors: true }).compile(schema as object);
    validate = (values) =>
      check(values) ? [] : (check.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message ?? ""}`);
  });

  const release = plan([tenant("virtual", { isolation: "vcluster" })]).tenants[0]?.homes[0]?.objects.find(
    ({ kind }) => kind === "HelmRelease",
  );
  const { values } = release?.spec as unknown as { values: Record<string, unknown> };

  it("pass the chart's own schema", () => {
    expect(validate(values)).toEqual([]);
  });

  it("of an older form do not: the schema refuses what the chart no longer knows", () => {
    const controlPlane = { ...(values.controlPlane as object), distro: { k3s: { enabled: true } } };
    expect(validate({ ...values, controlPlane })).not.toEqual([]);
  });
});
