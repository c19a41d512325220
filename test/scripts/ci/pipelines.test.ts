import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { isRecord } from "@estate/clients";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { codeowners } from "../../../review/owners";
import { ownersFile } from "../../../scripts/codeowners";
import { stackOrder } from "../../../scripts/ci/stacks";

// What the pipelines may do, read from the files themselves: each rule is asserted over every job.

const checkout = join(__dirname, "../../..");
const read = (path: string): string => readFileSync(join(checkout, path), "utf8");
const record = (value: unknown): Record<string, unknown> => (isRecord(value) ? value : {});
const list = (value: unknown): unknown[] => (Array.isArray(value) ? (value as unknown[]) : []);

describe("GitHub's workflows", () => {
  const folder = ".github/workflows";
  const files = readdirSync(join(checkout, folder)).filter((file) => file.startsWith("estate-"));
  const workflows = files.map((file) => [file, record(parse(read(`${folder}/${file}`)))] as const);
  const jobs = workflows.flatMap(([file, workflow]) =>
    Object.entries(record(workflow["jobs"])).map(
      ([name, job]) => [`${file} ${name}`, { file, name, workflow, job: record(job) }] as const,
    ),
  );
  const steps = (job: Record<string, unknown>) => list(job["steps"]).map(record);
  const checkouts = (job: Record<string, unknown>) =>
    steps(job).filter(({ uses }) => String(uses).startsWith("actions/checkout@"));
  const events = (workflow: Record<string, unknown>) => Object.keys(record(workflow["on"]));
  /** A secret, or a role for the job's identity. */
  const holds = (job: Record<string, unknown>): boolean => /secrets\.|AWS_ROLE_ARN/.test(JSON.stringify(job));

  it("are there", () => {
    expect(files.sort()).toEqual([
      "estate-apply.yml",
      "estate-nightly.yml",
      "estate-preview.yml",
      "estate-validate.yml",
    ]);
    expect(
      jobs
        .filter(([, { job }]) => holds(job))
        .map(([name]) => name)
        .sort(),
    ).toEqual([
      "estate-apply.yml platforms",
      "estate-apply.yml tenants",
      "estate-nightly.yml drift",
      "estate-preview.yml preview",
    ]);
  });

  it.each(jobs)("%s: says its rights, and leaves no login in a checkout", (_name, { workflow, job }) => {
    const said = record(workflow["permissions"]);
    expect(Object.values(said).every((right) => right === "read")).toBe(true);
    expect(job["permissions"] ?? workflow["permissions"]).toBeDefined();
    for (const step of checkouts(job)) expect(record(step["with"])["persist-credentials"]).toBe(false);
  });

  it.each(jobs)("%s: names every action by its commit", (_name, { job }) => {
    for (const { uses } of steps(job))
      if (uses !== undefined && uses !== "./.github/actions/estate") expect(uses).toMatch(/^[\w/-]+@[0-9a-f]{40}$/);
  });

  it.each(jobs)("%s: puts nothing of an event into a script", (_name, { job }) => {
    // Titles and branches are anybody's text: they go by variables.
    for (const { run } of steps(job)) if (typeof run === "string") expect(run).not.toContain("${{");
  });

  it.each(jobs.filter(([, { workflow }]) => events(workflow).includes("pull_request")))(
    "%s: runs a stranger's code, and has nothing",
    (_name, { workflow, job }) => {
      expect(JSON.stringify([workflow["env"], job])).not.toMatch(/secrets|github\.token|id-token|environment/);
      expect(workflow["permissions"]).toEqual({ contents: "read" });
    },
  );

  const target = jobs.filter(([, { workflow }]) => events(workflow).includes("pull_request_target"));
  it.each(target)("%s: begins with the deployed branch's program", (_name, { job }) => {
    expect(checkouts(job)).toHaveLength(1);
    for (const step of checkouts(job))
      expect(record(step["with"])["ref"]).toBe("${{ github.event.repository.default_branch }}");
  });

  it.each(target.filter(([, { job }]) => holds(job)))(
    "%s: has a credential, and waits for the permission",
    (_name, { job }) => {
      expect(job["if"]).toBe("needs.permission.outputs.run == 'true'");
      expect(list([job["needs"]]).flat()).toContain("permission");
      expect(job["environment"]).toBe("estate-preview");
      // The change's own program only after the label; and secrets for the one step that previews.
      const taking = steps(job).filter(({ run }) => /git checkout/.test(String(run)));
      expect(taking.map((step) => step["if"])).toEqual(["needs.permission.outputs.program == 'head'"]);
      const given = steps(job).filter((step) => JSON.stringify(step).includes("secrets."));
      expect(given.map(({ name }) => name)).toEqual(["Preview"]);
      expect(job["env"]).toBeUndefined();
    },
  );

  it.each(target.filter(([, { job }]) => record(job["permissions"])["pull-requests"] === "write"))(
    "%s: writes comments, and runs nothing of the change",
    (_name, { job }) => {
      expect(JSON.stringify(job)).not.toMatch(/git (fetch|checkout)|outputs\.head|secrets\./);
    },
  );

  it.each(jobs.filter(([, { file, job }]) => file === "estate-apply.yml" && holds(job)))(
    "%s: applies one stack at a time, from the deployed branch alone",
    (_name, { workflow, job }) => {
      expect(events(workflow)).toEqual(["push"]);
      expect(String(job["if"])).toContain("github.ref_name == github.event.repository.default_branch");
      expect(job["concurrency"]).toEqual({ group: "estate-apply-${{ matrix.stack }}", "cancel-in-progress": false });
      expect(job["environment"]).toBe("estate-apply");
    },
  );
});

describe("GitLab's pipeline", () => {
  const file = record(parse(read(".gitlab-ci.yml").replaceAll(/!reference \[(.*)\]/g, '"reference $1"')));
  const part = (name: string): Record<string, unknown> => record(file[name]);

  /** A job with all that it extends, as GitLab merges it: the later wins, the job's own above all. */
  function merged(name: string): Record<string, unknown> {
    const own = part(name);
    const parents = list([own["extends"] ?? []])
      .flat()
      .map(String);
    return { ...parents.reduce<Record<string, unknown>>((all, parent) => ({ ...all, ...merged(parent) }), {}), ...own };
  }

  const jobs = Object.keys(file)
    .filter((name) => !name.startsWith(".") && "script" in merged(name))
    .map((name) => [name, merged(name)] as const);
  const rules = (job: Record<string, unknown>) => list(job["rules"]).map((rule) => String(record(rule)["if"]));
  const environment = (job: Record<string, unknown>): string => {
    const { name } = record(job["environment"]);
    return typeof name === "string" ? name : "";
  };
  const script = (job: Record<string, unknown>) => [...list(job["before_script"]), ...list(job["script"])].join("\n");

  it("has its jobs", () => {
    expect(jobs.map(([name, job]) => [name, environment(job)])).toEqual([
      ["validate", ""],
      ["permission", "estate-review"],
      ["preview", "estate-preview/$STACK"],
      ["comment", "estate-review"],
      ["apply-platforms", "estate-apply/$STACK"],
      ["apply-tenants", "estate-apply/$STACK"],
      ["drift", "estate-preview/$STACK"],
      ["ended-exceptions", "estate-review"],
    ]);
  });

  const own =
    '$CI_PIPELINE_SOURCE == "merge_request_event" && $CI_MERGE_REQUEST_SOURCE_PROJECT_ID == $CI_MERGE_REQUEST_PROJECT_ID';
  const allowed: Readonly<Record<string, readonly string[]>> = {
    "estate-review": [own, '$CI_PIPELINE_SOURCE == "schedule" && $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH'],
    "estate-preview/$STACK": [own, '$CI_PIPELINE_SOURCE == "schedule" && $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH'],
    "estate-apply/$STACK": ['$CI_PIPELINE_SOURCE == "push" && $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH'],
  };

  it.each(jobs.filter(([, job]) => environment(job) !== ""))(
    "%s: has a credential, so no fork's change runs it, and it begins with the deployed branch's program",
    (_name, job) => {
      expect(rules(job)).toHaveLength(1);
      expect(allowed[environment(job)]).toContain(rules(job)[0]);
      expect(script(job)).toMatch(
        /reference \.main, before_script|git checkout --quiet --force --detach "origin\/\$CI_DEFAULT_BRANCH"/,
      );
    },
  );

  it.each(jobs.filter(([, job]) => environment(job) === ""))(
    "%s: runs anybody's code, and has nothing",
    (_name, job) => {
      expect(job["id_tokens"]).toBeUndefined();
      expect(script(job)).not.toMatch(/TOKEN|PASSWORD|login\.sh/);
    },
  );

  it("takes a change's own program only where the permission says so", () => {
    const taking = jobs.flatMap(([name, job]) => (script(job).includes('"$ESTATE_HEAD"') ? [name] : []));
    expect(taking).toEqual(["preview"]);
    expect(script(merged("preview"))).toMatch(
      /if \[ "\$ESTATE_RUN" != true \]; then .*exit 0; fi\nif \[ "\$ESTATE_PROGRAM" = head \]; then git checkout .*else npm run -s ci -- data/,
    );
  });

  it("applies one stack at a time, and only the newest commit", () => {
    for (const name of ["apply-platforms", "apply-tenants"]) {
      expect(merged(name)["resource_group"]).toBe("estate-$STACK");
      expect(script(merged(name))).toContain('if [ "$(git rev-parse HEAD)" != "$CI_COMMIT_SHA" ]; then');
    }
    expect(merged("apply-tenants")["needs"]).toEqual(["apply-platforms"]);
  });

  it("knows the stacks that the repository has", () => {
    const stacks = (name: string) =>
      list(record(part(name)["parallel"])["matrix"]).flatMap((row) => list(record(row)["STACK"]));
    const { first, then } = stackOrder(checkout);
    expect([stacks(".platforms"), stacks(".stacks-of-tenants"), stacks(".all-stacks")]).toEqual([
      first,
      then,
      [...first, ...then],
    ]);
  });
});

describe("CODEOWNERS", () => {
  it("is fresh; `npm run codeowners` writes it", () => {
    expect(read("CODEOWNERS")).toBe(ownersFile(checkout));
  });

  const tenants = [
    { name: "search", ownersGroup: "Search Leads" },
    { name: "payments", ownersGroup: "payments-owners" },
  ];

  it.each([
    ["gitlab", "acme/tenants", "@acme/tenants/payments/roles/owners", "@acme/tenants/search/roles/owners"],
    ["github", "acme", "@acme/payments-owners", "@acme/search-leads"],
  ] as const)("names groups as %s does", (host, parent, payments, search) => {
    const rules = codeowners(tenants, { host, parent, platform: ["@acme/platform"] })
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("#"));
    expect(rules).toEqual(["* @acme/platform", `/tenants/payments.yaml ${payments}`, `/tenants/search.yaml ${search}`]);
  });

  it("has a rule for every tenant of this repository", () => {
    const names = readdirSync(join(checkout, "tenants")).filter((file) => file.endsWith(".yaml"));
    for (const file of names) expect(read("CODEOWNERS")).toContain(`\n/tenants/${file} @`);
    expect(existsSync(join(checkout, "codeowners.yaml"))).toBe(true);
  });
});
