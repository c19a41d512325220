import { describe, expect, it } from "vitest";
import { accessOfPlan, compareAccess, type Access } from "../../review/access";
import { limits } from "../../review/cut";
import { marker, report } from "../../review/report";
import type { Preview } from "../../review/preview";
import { plan, tenant } from "../support/fixtures";
import { event, marked, previewOf, recorded, recordings } from "./recorded";

const whole = (preview: Preview, kind: "change" | "drift" = "change"): string =>
  report({ stack: "dev", preview, kind, limit: limits.none, where: "the job's artifact" });
const kindOf = (name: string): "change" | "drift" => (name === "drift" ? "drift" : "change");

describe("a report of a recorded preview", () => {
  it.each(recordings)("%s", async (name) => {
    await expect(whole(recorded(name), kindOf(name))).toMatchFileSnapshot(`../fixtures/reports/${name}.md`);
  });

  it.each(recordings)(
    "says the same of %s as a document, but for the access matrix, which only events hold",
    (name) => {
      const plain = (text: string): string =>
        text
          .split("\n")
          .filter((line) => !line.startsWith("- group "))
          .join("\n")
          .replaceAll(/access widened: [^;]*/g, "access widened: ?")
          .replace(/\n\n### Access\n\n(?=\n)/, "\n");
      expect(plain(whole(recorded(name, "json"), kindOf(name)))).toBe(plain(whole(recorded(name), kindOf(name))));
    },
  );
});

describe("the line of a tenant", () => {
  const line = (name: string): string => /^- \*\*.*$/m.exec(whole(recorded(name)))?.[0] ?? "";

  it.each([
    ["added", "- **payments**: 51 new, 0 changed, 0 deleted; access widened: no; other tenants: none"],
    ["quota", "- **team-a**: 0 new, 1 changed, 0 deleted; access widened: no; other tenants: none"],
    ["access", "- **team-a**: 0 new, 2 changed, 0 deleted, 1 replaced; access widened: **yes**; other tenants: none"],
    ["removed", "- **team-ab**: 0 new, 0 changed, 47 deleted; access widened: no; other tenants: none"],
    ["replaced", "- **team-a**: 0 new, 2 changed, 0 deleted, 4 replaced; access widened: no; other tenants: team-ab"],
  ])("of %s", (name, expected) => {
    expect(line(name)).toBe(expected);
  });

  it("names no tenant where nothing changes", () => {
    expect(whole(recorded("same"))).toBe(`${marker("dev")}\n## Preview of stack \`dev\`\n\nNothing changes.\n`);
  });

  it("does not say that nothing changes where the preview failed", () => {
    const text = whole(recorded("broken"));
    expect(text).toContain("What would change is not known.");
    expect(text).toContain('tenants/team-a.yaml:5:1: error[K001]: unknown key "aplications"');
    expect(text).not.toContain("Nothing changes");
  });

  it.each([
    ["import", {}, "0 new, 0 changed, 0 deleted, 1 taken over"],
    ["delete", { old: { retainOnDelete: true } }, "0 new, 0 changed, 0 deleted, 1 let go of"],
    ["delete", {}, "0 new, 0 changed, 1 deleted"],
    ["create", {}, "1 new, 0 changed, 0 deleted"],
    ["create-replacement", {}, "0 new, 0 changed, 0 deleted, 1 replaced"],
  ])("counts %s", (op, more, counts) => {
    const text = whole(previewOf(event(op, "vault:index/policy:Policy", "dev/vault/payments-dev-policy", more)));
    expect(text).toContain(`- **payments**: ${counts};`);
  });

  it("is a personal sandbox's, too, and no line of the platform's", () => {
    const parent = "urn:pulumi:dev::estate::estate:index:Estate$estate:index:Sandbox::sandbox-ada";
    const text = whole(
      previewOf(event("create", "kubernetes:core/v1:Namespace", "dev/Namespace/sandbox-ada", { new: { parent } })),
    );
    expect(text).toContain("- **sandbox-ada**: 1 new, 0 changed, 0 deleted;");
    expect(text).not.toContain("**platform**");
  });

  it("counts a resource once, whatever steps its replacement takes", () => {
    const steps = ["create-replacement", "replace", "delete-replaced"].map((op) =>
      event(op, "aws:s3/bucket:Bucket", "b"),
    );
    expect(whole(previewOf(...steps))).toContain("- **payments**: 0 new, 0 changed, 0 deleted, 1 replaced;");
  });
});

describe("what is secret", () => {
  // Where a value can stand: marked by the engine, blinded by the CLI, or in a field that holds nothing else.
  const planted = { a: "planted-Aa11", b: "planted-Bb22", c: "planted-Cc33", d: "planted-Dd44", e: "planted-Ee55" };
  const diff = (path: string) => ({ detailedDiff: { [path]: { diffKind: "update", inputDiff: true } } });
  const cases: readonly (readonly [string, string])[] = [
    [
      "marked by the engine",
      event("update", "gitlab:index/projectHook:ProjectHook", "hook", {
        ...diff("url"),
        old: { inputs: { url: marked(planted.a) } },
        new: { inputs: { url: marked(planted.b) } },
      }),
    ],
    [
      "marked further up",
      event("update", "gitlab:index/projectHook:ProjectHook", "hook", {
        ...diff("a.b[0].c"),
        old: { inputs: { a: marked({ b: [{ c: planted.a }] }) } },
        new: { inputs: { a: { b: [{ c: planted.c, password: planted.d }] } } },
      }),
    ],
    [
      "in a Secret",
      event("update", "kubernetes:core/v1:Secret", "s", {
        ...diff("data.login"),
        old: { inputs: { data: { login: planted.a } } },
        new: { inputs: { data: { login: planted.b }, stringData: { x: planted.c } } },
      }),
    ],
    [
      "in Vault",
      event("update", "vault:kv/secretV2:SecretV2", "v", {
        ...diff("dataJson"),
        old: { inputs: { dataJson: planted.a } },
        new: { inputs: { dataJson: planted.b } },
      }),
    ],
    [
      "in a field of a credential",
      event("update", "gitlab:index/projectHook:ProjectHook", "hook", {
        ...diff("token"),
        old: { outputs: { token: planted.a } },
        new: { inputs: { token: planted.b } },
      }),
    ],
    [
      "in rendered manifests",
      event("update", "gitlab:index/repositoryFile:RepositoryFile", "dev/git/payments", {
        ...diff("content"),
        old: { inputs: { filePath: "clusters/dev/tenants/payments.yaml", content: marked(`x\n${planted.a}\n`) } },
        new: { inputs: { filePath: "clusters/dev/tenants/payments.yaml", content: marked(`x\n${planted.e}\n`) } },
      }),
    ],
  ];

  it.each(cases)("is not told where it is %s", (_where, step) => {
    const values = Object.values(planted).filter((value) => step.includes(value));
    const text = whole(previewOf(step));
    expect(values.length).toBeGreaterThan(0);
    // `planted.c` of the second case is the one plain value: its own path is asked for, so that the search can fail.
    const told = values.filter((value) => text.includes(value));
    expect(told).toEqual(_where === "marked further up" ? [planted.c] : []);
  });

  it("is masked in recordings of real previews: what the sandbox's own services made is nowhere", () => {
    expect(whole(recorded("replaced"))).toContain("`token`: `[secret]` → `[secret]`");
  });
});

describe("text of others", () => {
  it("ends no block, and is no link, mention or HTML", () => {
    const nasty = "a` @everyone <img src=x> ```\n</details> [x](https://evil.example)";
    const step = event("update", "gitlab:index/group:Group", "g", {
      detailedDiff: { description: { diffKind: "update", inputDiff: true } },
      old: { inputs: { description: "before" } },
      new: { inputs: { description: nasty } },
    });
    const diagnostic = JSON.stringify({
      sequence: 3,
      diagnosticEvent: { severity: "error", message: "```\n<b>@all</b>\n````" },
    });
    const text = whole(previewOf(step, diagnostic));
    // Longer than any run inside.
    expect(text).toContain("\n`````\n```\n<b>@all</b>\n````\n`````");
    // On one line, in code that its own run of backticks does not end.
    const lines = text.split("\n").filter((line) => line.includes("@everyone"));
    expect(lines).toEqual([expect.stringMatching(/^ {4}- (`{2,}) \+ a` @everyone .* \1$/)]);
  });
});

describe("a comment", () => {
  const many = previewOf(
    ...Array.from({ length: 3000 }, (_, index) =>
      event("create", "kubernetes:core/v1:ConfigMap", `dev/payments-dev/ConfigMap/${String(index).padStart(60, "x")}`),
    ),
  );

  it.each([
    ["github", 65_536, (text: string) => text.length],
    ["gitlab", 1_000_000, (text: string) => Buffer.byteLength(text)],
  ] as const)("fits %s's limit, and says what was cut and where all of it is", (host, size, sizeOf) => {
    const inputs = { stack: "dev", preview: many, where: "https://ci.example.com/1" };
    const small = report({ ...inputs, limit: { size: 20_000, unit: limits[host].unit } });
    expect(sizeOf(small)).toBeLessThanOrEqual(20_000);
    expect(small).toMatch(
      /\*\*Cut: \d+ of 3001 lines are shown, because a comment here ends at 20000 (characters|bytes)\. The whole report: https:\/\/ci\.example\.com\/1\*\*\n$/,
    );
    expect(small.match(/<details>/g)?.length).toBe(small.match(/<\/details>/g)?.length);
    expect(small).toContain("- **payments**: 3000 new");
    const own = report({ ...inputs, limit: limits[host] });
    expect(sizeOf(own)).toBeLessThanOrEqual(size);
    expect(own.includes("**Cut:")).toBe(host === "github");
  });

  it("is left whole where it just fits, and cut one character below", () => {
    const inputs = { stack: "dev", preview: recorded("added"), where: "there" };
    const full = report({ ...inputs, limit: limits.none });
    expect(report({ ...inputs, limit: { size: full.length, unit: "characters" } })).toBe(full);
    expect(report({ ...inputs, limit: { size: full.length - 1, unit: "characters" } })).toContain("**Cut:");
  });
});

describe("access", () => {
  const namespaces = new Map([["payments", ["dev/payments-dev"]]]);
  const access = (...roles: readonly string[]): Access => ({
    namespaces,
    grants: roles.map((role) => ({ group: "g", role, namespace: "payments-dev", cluster: "dev" })),
  });

  it.each([
    [["tenant-view"], ["tenant-change"], true],
    [["tenant-change"], ["tenant-view"], false],
    [["tenant-view"], ["tenant-operate"], true],
    [["tenant-suspend"], ["tenant-operate"], true],
    [["tenant-operate"], ["tenant-suspend"], false],
    // Operate suspends delivery, which change does not.
    [["tenant-change"], ["tenant-operate"], true],
    [["tenant-change", "tenant-operate"], ["tenant-operate"], false],
    [["tenant-change"], ["cluster-admin"], true],
    [["cluster-admin"], ["tenant-change"], false],
    [[], ["tenant-view"], true],
    [["tenant-view"], ["a-role-nobody-knows"], true],
  ])("from %j to %j is wider: %j", (before, after, widened) => {
    expect(compareAccess(access(...before), access(...after)).map((one) => one.widened)).toEqual([widened]);
  });

  it("of plans: a group that comes to a tenant's namespaces, and one inside a virtual cluster", () => {
    const before = accessOfPlan(plan([tenant("team-a"), tenant("team-ab", { isolation: "vcluster" })]));
    const after = accessOfPlan(
      plan([
        tenant("team-a", { access: { developers: { group: "everybody", shared: true } } }),
        tenant("team-ab", { isolation: "vcluster", lifecycle: { state: "suspended" } }),
      ]),
    );
    const found = compareAccess(before, after);
    expect(found.filter(({ widened }) => widened).map(({ group, where }) => `${group} ${where}`)).toEqual([
      "everybody dev/team-a-dev",
      "everybody prod/team-a-prod",
    ]);
    expect(found).toContainEqual({
      tenant: "team-ab",
      group: "team-ab-owners",
      where: "dev/team-ab-dev (inside)",
      before: ["cluster-admin"],
      after: ["view"],
      widened: false,
    });
    expect(compareAccess(before, before)).toEqual([]);
  });

  it("to what was not there before widens nothing", () => {
    const before: Access = { namespaces: new Map(), grants: [] };
    expect(compareAccess(before, access("tenant-change"))).toEqual([
      {
        tenant: "payments",
        group: "g",
        where: "dev/payments-dev",
        before: [],
        after: ["tenant-change"],
        widened: false,
      },
    ]);
  });

  const rules = (...verbs: readonly string[]) => ({
    inputs: { rules: [{ apiGroups: [""], resources: ["pods"], verbs }] },
  });
  const role = (before: readonly string[], after: readonly string[]): string =>
    event("update", "kubernetes:rbac.authorization.k8s.io/v1:Role", "r", {
      detailedDiff: { "rules[0].verbs": { diffKind: "update", inputDiff: true } },
      old: rules(...before),
      new: rules(...after),
    });

  const level = (type: string, field: string, before: string, after: string): string =>
    event("update", type, "m", {
      detailedDiff: { [field]: { diffKind: "update", inputDiff: true } },
      old: { inputs: { [field]: before } },
      new: { inputs: { [field]: after } },
    });
  const binding = (before: string, after: string, also?: string): string =>
    event("replace", "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding", "b", {
      detailedDiff: {
        "roleRef.name": { diffKind: "update-replace", inputDiff: true },
        ...(also === undefined ? {} : { [also]: { diffKind: "update", inputDiff: true } }),
      },
      old: { inputs: { roleRef: { name: before } } },
      new: { inputs: { roleRef: { name: after } } },
    });
  const share = "gitlab:index/groupShareGroup:GroupShareGroup";
  const member = "harbor:index/projectMemberGroup:ProjectMemberGroup";

  it.each([
    ["people who get a higher level in GitLab", level(share, "groupAccess", "reporter", "developer"), "**yes**"],
    ["people who get a lower one", level(share, "groupAccess", "maintainer", "reporter"), "not compared"],
    ["people who get one that is not known", level(share, "groupAccess", "reporter", "emperor"), "**yes**"],
    ["another group on the same level", level(share, "shareGroupId", "1", "2"), "**yes**"],
    ["people who get a higher level in Harbor", level(member, "role", "limitedguest", "developer"), "**yes**"],
    ["people who get a lower one there", level(member, "role", "developer", "limitedguest"), "not compared"],
    ["a binding to a lesser role", binding("tenant-change", "tenant-view"), "not compared"],
    ["a binding to a wider one", binding("tenant-view", "tenant-change"), "**yes**"],
    ["a binding to a role that is not known", binding("tenant-change", "theirs"), "**yes**"],
    ["a binding to a lesser role for others", binding("tenant-change", "tenant-view", "subjects"), "**yes**"],
    ["a role that gets a verb", role(["get"], ["get", "delete"]), "**yes**"],
    ["a role that loses one", role(["get", "delete"], ["get"]), "not compared"],
    ["a person who becomes a member", event("create", "gitlab:index/groupMembership:GroupMembership", "m"), "**yes**"],
    ["a member who goes", event("delete", "gitlab:index/groupMembership:GroupMembership", "m"), "not compared"],
    [
      "a protection that goes",
      event("delete", "gitlab:index/branchProtection:BranchProtection", "p/ops-dev-main"),
      "**yes**",
    ],
    [
      "a machine's login for a new home",
      event("create", "vault:jwt/authBackendRole:AuthBackendRole", "r"),
      "not compared",
    ],
  ])("%s", (_what, step, widened) => {
    expect(whole(previewOf(step))).toContain(`access widened: ${widened};`);
  });
});

describe("what is called out", () => {
  it("names a protected resource that would go, and that the run stops", () => {
    expect(whole(recorded("protected"))).toContain(
      "### Protected, so the run stops\n\n- delete of `dev/Namespace/team-ab-dev` (Namespace of team-ab): Pulumi refuses it while it is protected",
    );
    expect(whole(recorded("removed"))).not.toContain("Protected");
  });

  it("tells policies that are not kept", () => {
    const policyEvent = {
      policyName: "no-public",
      message: "is public",
      enforcementLevel: "mandatory",
      resourceUrn: "urn:pulumi:dev::estate::a:b:C::bucket",
    };
    expect(whole(previewOf(JSON.stringify({ sequence: 4, policyEvent })))).toContain(
      "### Policies\n\n- mandatory `no-public`, `bucket`: `is public`",
    );
  });

  it("tells what others changed and the program leaves alone", () => {
    const refresh = event("refresh", "kubernetes:core/v1:ConfigMap", "c", {
      detailedDiff: { "data.x": { diffKind: "update", inputDiff: false } },
      old: { outputs: { data: { x: "1" } } },
      new: { outputs: { data: { x: "2" } } },
    }).replace("resourcePreEvent", "resOutputsEvent");
    const text = whole(previewOf(refresh), "drift");
    expect(text).toContain("- **payments**: 0 new, 0 changed, 0 deleted, 1 changed by others;");
    expect(text).toContain("- `! c` ConfigMap (somebody changed it)\n  - `data.x`: `1` → `2`");
  });
});
