import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Estate } from "../../../../components/estate";
import { lifecycleRules, pullPolicy, pushPolicy } from "../../../../model/aws/images";
import { policyText } from "../../../../model/aws/policy";
import { aws } from "../../../../sandbox/doubles/aws/plugin";
import type { PropertyMap } from "../../../../sandbox/doubles/framework/value";
import { ecrSettings } from "../../../support/ecr";
import { access, plan, tenant } from "../../../support/fixtures";
import { record, unwrap } from "../../../support/monitor";
import { Rig, type Held } from "../framework/rig";

const REPOSITORY = "aws:ecr/repository:Repository";
const LIFECYCLE = "aws:ecr/lifecyclePolicy:LifecyclePolicy";
const POLICY = "aws:ecr/repositoryPolicy:RepositoryPolicy";

const place = { region: "eu-central-1", account: "111122223333" };
const rules = JSON.stringify(lifecycleRules(30, 7));
const pulls = policyText(pullPolicy(place, ["arn:aws:iam::111122223333:role/acme-dev-nodes"]));

let dir: string;
let rig: Rig;
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), "estate-aws-ecr-"));
  rig = await Rig.of(aws(dir));
  await rig.configure({ region: "eu-central-1", allowedAccountIds: '["111122223333"]' });
});
afterEach(() => {
  rig.stop();
  rmSync(dir, { recursive: true, force: true });
});

const make = (change: PropertyMap = {}): Promise<Held> =>
  rig.make(REPOSITORY, {
    name: "acme/team-a/web",
    imageTagMutability: "IMMUTABLE",
    imageScanningConfiguration: { scanOnPush: true },
    encryptionConfigurations: [{ encryptionType: "AES256" }],
    ...change,
  });

it("what the program asks for is known to the SDK by every name and type", async () => {
  const team = tenant("team-a", { applications: [{ name: "web" }] });
  const resources = await record(() => new Estate("acme", { plan: plan([team], ecrSettings()), access }, {}));
  const images = resources.filter(({ type }) => type.startsWith("aws:ecr/"));
  expect(images.map(({ type }) => type).sort()).toEqual([LIFECYCLE, REPOSITORY, POLICY]);
  for (const { type, name, inputs } of images)
    expect((await rig.check(type, unwrap(inputs) as PropertyMap)).failures, name).toEqual([]);
});

describe("a repository", () => {
  it("is known by its name, and tells where images are", async () => {
    const { id, state } = await make();
    expect(id).toBe("acme/team-a/web");
    expect(state).toMatchObject({
      arn: "arn:aws:ecr:eu-central-1:111122223333:repository/acme/team-a/web",
      registryId: "111122223333",
      repositoryUrl: "111122223333.dkr.ecr.eu-central-1.amazonaws.com/acme/team-a/web",
    });
  });

  it("stays without changes after a refresh, with all that is said of it", async () => {
    const repository = await make();
    const [lifecycle, policy] = [
      await rig.make(LIFECYCLE, { repository: repository.id, policy: rules }),
      await rig.make(POLICY, { repository: repository.id, policy: pulls }),
    ];
    for (const [type, held] of [
      [REPOSITORY, repository],
      [LIFECYCLE, lifecycle],
      [POLICY, policy],
    ] as const) {
      const read = await rig.read(type, held);
      expect(await rig.diff(type, read ?? held, held.inputs), type).toMatchObject({ changes: "none" });
    }
  });

  it("is replaced for another name or encryption, and changed in place for the rest", async () => {
    const held = await make();
    const replaces = async (change: PropertyMap): Promise<readonly string[]> =>
      (await rig.diff(REPOSITORY, held, { ...held.inputs, ...change })).replaces;
    expect(await replaces({ name: "acme/team-a/api" })).not.toEqual([]);
    expect(await replaces({ encryptionConfigurations: [{ encryptionType: "KMS" }] })).not.toEqual([]);
    expect(await replaces({ imageTagMutability: "MUTABLE" })).toEqual([]);
  });

  it("takes along what is said of it", async () => {
    const held = await make();
    await rig.make(LIFECYCLE, { repository: held.id, policy: rules });
    await rig.delete(REPOSITORY, held);
    expect(await rig.read(REPOSITORY, held)).toBeUndefined();
  });

  it("has one of its name", async () => {
    await make();
    await expect(make()).rejects.toThrow(/RepositoryAlreadyExistsException.*acme\/team-a\/web/);
  });

  it.each<[string, PropertyMap, RegExp]>([
    ["in upper case", { name: "acme/team-a/Web" }, /repositoryName.*acme\/team-a\/Web/],
    ["with an empty part", { name: "acme//web" }, /repositoryName/],
    ["whose tags are neither", { imageTagMutability: "FIXED" }, /'FIXED' is no imageTagMutability/],
    [
      "with a key for an encryption that takes none",
      { encryptionConfigurations: [{ encryptionType: "AES256", kmsKey: "k" }] },
      /KMS key must not be specified/,
    ],
  ])("is refused: one %s", async (_, change, told) => {
    await expect(make(change)).rejects.toThrow(told);
  });

  it("is unknown to the provider with a property that there is not", async () => {
    const { failures } = await rig.check(REPOSITORY, { name: "acme/a", imageTagsMutability: "IMMUTABLE" });
    expect(JSON.stringify(failures)).toContain("imageTagsMutability");
  });
});

describe("what is said of a repository", () => {
  const first = JSON.parse(rules) as { readonly rules: readonly object[] };
  const swapped = first.rules.map((rule, index) => ({ ...rule, rulePriority: 2 - index }));

  it.each<[string, string, string, RegExp]>([
    ["rules that are no JSON", LIFECYCLE, "keep 30", /it is no JSON/],
    ["rules of another form", LIFECYCLE, '{"rules":[{"keep":30}]}', /does not match the schema/],
    ["a rule for any image that is not the last", LIFECYCLE, JSON.stringify({ rules: swapped }), /lowest priority/],
    [
      "a policy that names a resource",
      POLICY,
      policyText(pushPolicy(place, "acme", "team-a")),
      /Syntax errors|Invalid repository policy/,
    ],
    [
      "a policy for nobody",
      POLICY,
      '{"Statement":[{"Effect":"Allow","Action":["ecr:BatchGetImage"]}]}',
      /Syntax errors/,
    ],
  ])("is refused: %s", async (_, type, policy, told) => {
    const { id } = await make();
    await expect(rig.make(type, { repository: id, policy })).rejects.toThrow(told);
    const sound = type === LIFECYCLE ? rules : pulls;
    await expect(rig.make(type, { repository: id, policy: sound })).resolves.toMatchObject({ id });
  });

  it("is refused where there is no repository", async () => {
    await expect(rig.make(POLICY, { repository: "acme/none", policy: pulls })).rejects.toThrow(
      /RepositoryNotFoundException/,
    );
  });
});
