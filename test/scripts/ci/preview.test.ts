import { execFileSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { previewStack } from "../../../scripts/ci/preview";
import { endedExceptions } from "../../../scripts/ci/exceptions";

const fixtures = join(__dirname, "../../fixtures/previews");
const checkout = join(__dirname, "../../..");
let folder: string;

/** A CLI that answers with a recording; what it was asked is kept beside it. */
function answering(recording: string | undefined, code = 0): string {
  const bin = join(folder, "bin");
  mkdirSync(bin, { recursive: true });
  if (recording !== undefined) copyFileSync(join(fixtures, `${recording}.ndjson`), join(folder, "answer"));
  const answer = recording === undefined ? 'echo "error: no stack named dev found" >&2' : `cat '${folder}/answer'`;
  writeFileSync(
    join(bin, "pulumi"),
    `#!/bin/sh\necho "$PULUMI_ENABLE_STREAMING_JSON_PREVIEW $*" > '${folder}/asked'\n${answer}\nexit ${String(code)}\n`,
  );
  chmodSync(join(bin, "pulumi"), 0o755);
  return `${bin}:${process.env["PATH"] ?? ""}`;
}

const run = (recording: string | undefined, code: number, drift = false, host: "github" | "gitlab" = "github") =>
  previewStack(
    { cwd: folder, env: { PATH: answering(recording, code) } },
    {
      stack: "dev",
      out: join(folder, "report.md"),
      drift,
      host,
      where: "there",
      codeQuality: join(folder, "quality.json"),
    },
  );

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "estate-preview-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("previewStack", () => {
  it("writes the report, what fits into a comment, and asks for events", async () => {
    expect(await run("quota", 0)).toEqual({ code: 0, lines: [] });
    expect(readFileSync(join(folder, "report.md"), "utf8")).toContain("**team-a**: 0 new, 1 changed");
    expect(readFileSync(join(folder, "report.md.comment"), "utf8")).toContain("**team-a**: 0 new, 1 changed");
    expect(readFileSync(join(folder, "asked"), "utf8")).toBe("true preview --json --stack dev --non-interactive\n");
  });

  it.each([
    ["drift", 3, "--refresh"],
    ["same", 0, "--refresh"],
  ])("of drift ends with its own code: %s", async (recording, code, flag) => {
    expect((await run(recording, 0, true)).code).toBe(code);
    expect(readFileSync(join(folder, "asked"), "utf8")).toContain(flag);
    expect(readFileSync(join(folder, "report.md"), "utf8")).toMatch(/^<!-- estate-drift:dev -->/);
  });

  it("tells mistakes at their place, for either host", async () => {
    const told =
      '::error file=tenants/team-a.yaml,line=5,col=1,title=K001::unknown key "aplications"; did you mean "applications"?';
    expect(await run("broken", 255)).toEqual({ code: 2, lines: [told] });
    expect(await run("broken", 255, false, "gitlab")).toEqual({ code: 2, lines: [] });
    expect(JSON.parse(readFileSync(join(folder, "quality.json"), "utf8"))).toMatchObject([
      { check_name: "K001", location: { path: "tenants/team-a.yaml", lines: { begin: 5 } } },
    ]);
  });

  it("says what the CLI said when it told no preview", async () => {
    await expect(run(undefined, 255)).rejects.toThrow("no stack named dev found");
    expect(existsSync(join(folder, "report.md"))).toBe(false);
  });
});

describe("login.sh", () => {
  const login = (env: Readonly<Record<string, string>>, script: string): string =>
    execFileSync(join(checkout, "scripts/ci/login.sh"), ["bash", "-c", script], {
      encoding: "utf8",
      env: { PATH: process.env["PATH"], TMPDIR: folder, ...env },
    });

  it("gives the kubeconfig and the identity as files of its own, which go with the command", () => {
    const show =
      'cat "$KUBECONFIG" "$AWS_WEB_IDENTITY_TOKEN_FILE"; stat -c " %a" "$KUBECONFIG"; echo "${ESTATE_KUBECONFIG-gone} ${ESTATE_ID_TOKEN-gone}"; dirname "$KUBECONFIG"';
    const env = { ESTATE_KUBECONFIG: "kind: Config", ESTATE_ID_TOKEN: "ey.x", AWS_ROLE_ARN: "arn:aws:iam::1:role/r" };
    const [config, identity, gone, at = ""] = login(env, show).trim().split("\n");
    expect([config, identity, gone]).toEqual(["kind: Config", "ey.x 600", "gone gone"]);
    expect(existsSync(at)).toBe(false);
  });

  it("takes an empty variable for none, and leaves what is there", () => {
    const show =
      'echo "${VAULT_TOKEN-none} ${HARBOR_PASSWORD-none} ${KUBECONFIG-none} ${AWS_WEB_IDENTITY_TOKEN_FILE-none}"';
    expect(login({ VAULT_TOKEN: "", HARBOR_PASSWORD: "p", AWS_ROLE_ARN: "" }, show)).toBe("none p none none\n");
  });

  it("ends as the command does", () => {
    expect(() => login({}, "exit 3")).toThrow(expect.objectContaining({ status: 3 }));
  });
});

describe("the job that proposes to remove ended exceptions", () => {
  const file = (...untils: readonly string[]): string =>
    `schema: 1\nexceptions:\n${untils.map((until) => `  - { set: quota.pods, environment: prod, reason: "a \`b\`", until: "${until}" } # ${until}\n`).join("")}`;

  it("names what it takes out, and changes only files that have some", () => {
    mkdirSync(join(folder, "tenants"));
    writeFileSync(join(folder, "tenants/a.yaml"), file("2027-01-01", "2028-01-01"));
    writeFileSync(join(folder, "tenants/b.yaml"), file("2028-01-01"));
    writeFileSync(join(folder, "tenants/load.ts"), file("2027-01-01"));
    const proposal = endedExceptions(folder, "2027-06-01");
    expect(proposal?.files).toEqual({ "tenants/a.yaml": file("2028-01-01") });
    expect(proposal?.body).toContain("- `tenants/a.yaml`: `quota.pods` in `prod` ended on 2027-01-01 (`a  b `)");
    expect(endedExceptions(folder, "2026-06-01")).toBeUndefined();
  });
});
