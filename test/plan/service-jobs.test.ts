import { execFile } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { awaitToken, makeExtensions, registerToken } from "../../plan/controlplane/gitlab-jobs";
import { awaitHarbor } from "../../plan/controlplane/harbor";
import { startHarbor } from "../../sandbox/harbor/server";
import { adminToken, rigOf } from "../sandbox/gitlab/client";

// What the Jobs of GitLab and Harbor do, as plain processes: what waits, against the stand-ins; what runs GitLab's console or
// psql, against programs that write down what they were given. The console itself cannot be had here.

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "estate-jobs-"));
  mkdirSync(join(folder, "bin"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface Ended {
  readonly code: number;
  readonly output: string;
}

/** One container: a shell, its variables, and what its image has. */
function step(script: string, env: Readonly<Record<string, string>>): Promise<Ended> {
  const path = [join(folder, "bin"), process.env["PATH"] ?? ""].join(delimiter);
  return new Promise((resolve) => {
    execFile("/bin/sh", ["-euc", script], { env: { PATH: path, ...env } }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), output: stdout + stderr }),
    );
  });
}

function program(name: string, text: string): void {
  const file = join(folder, "bin", name);
  writeFileSync(file, `#!/bin/sh\n${text}\n`);
  chmodSync(file, 0o755);
}

const told = (name: string): string => readFileSync(join(folder, name), "utf8");

describe("waiting for GitLab", () => {
  it("ends when it takes the token, and not with another one", async () => {
    const gitlab = await rigOf();
    try {
      const env = { PUBLIC_ADDR: gitlab.url, WAIT_SECONDS: "0" };
      expect(await step(awaitToken, { ...env, TOKEN_VALUE: adminToken })).toEqual({
        code: 0,
        output: `GitLab takes the token at ${gitlab.url}\n`,
      });
      const wrong = await step(awaitToken, { ...env, TOKEN_VALUE: "glpat-somebody-elses" });
      expect(wrong.code).toBe(1);
      expect(wrong.output).toMatch(/does not take the token/);
      expect(wrong.output).not.toContain("glpat-");
    } finally {
      await gitlab.close();
    }
  });
});

describe("waiting for Harbor", () => {
  it("ends when it is whole and takes the password, and not with another one", async () => {
    const harbor = await startHarbor({ dir: folder, adminPassword: "Chosen-by-nobody-1" });
    try {
      const env = { PUBLIC_ADDR: harbor.url, WAIT_SECONDS: "0" };
      expect(await step(awaitHarbor, { ...env, PASSWORD: "Chosen-by-nobody-1" })).toEqual({
        code: 0,
        output: `Harbor is whole at ${harbor.url}\n`,
      });
      expect((await step(awaitHarbor, { ...env, PASSWORD: "Harbor12345" })).code).toBe(1);
    } finally {
      await harbor.close();
    }
    expect(
      (await step(awaitHarbor, { PUBLIC_ADDR: "http://127.0.0.1:9", WAIT_SECONDS: "0", PASSWORD: "x" })).code,
    ).toBe(1);
  });
});

describe("registering GitLab's token", () => {
  const env = { TOKEN_NAME: "estate", TOKEN_VALUE: "glpat-abcDEF123", EXPIRES: "2027-11-01", NAMESPACE: "gitlab" };

  it("hands the token to the console by its input, and to no command line", async () => {
    program("kubectl", `printf '%s\\n' "$@" >"${folder}/arguments"; cat >"${folder}/input"`);
    expect((await step(registerToken, env)).code).toBe(0);
    expect(told("arguments").trim().split("\n")).toEqual([
      "exec", "--stdin", "--namespace", "gitlab", "deployment/gitlab-toolbox", "--container", "toolbox", "--",
      "gitlab-rails", "runner", "-",
    ]); // prettier-ignore
    const [value, name, expires, ...rest] = told("input").split("\n");
    expect([value, name, expires]).toEqual(["value = 'glpat-abcDEF123'", "name = 'estate'", "expires = '2027-11-01'"]);
    const script = rest.join("\n");
    expect(script).toContain("PersonalAccessToken.find_by_token(value)");
    expect(script).toContain("token.set_token(value)");
    expect(script).not.toContain("glpat-");
  });

  it("fails when the console does, so that the Job tries again", async () => {
    program("kubectl", "cat >/dev/null; exit 7");
    expect((await step(registerToken, env)).code).toBe(7);
  });
});

describe("extensions of GitLab's database", () => {
  it("are made where they are missing, and left where they are", async () => {
    program(
      "psql",
      `case "$*" in *"extname = 'pg_trgm'"*) echo 1 ;; *SELECT*) : ;; *) printf '%s\\n' "$*" >>"${folder}/made" ;; esac`,
    );
    const { code, output } = await step(makeExtensions, { PGPASSWORD: "hidden" });
    expect(code).toBe(0);
    expect(output).toBe("amcheck is made\nbtree_gist is made\npg_trgm is there\n");
    expect(told("made").trim().split("\n")).toHaveLength(2);
    expect(told("made")).not.toContain("hidden");
  });

  it("fail the Job when one cannot be made", async () => {
    // The first of them: those behind it do not make up for it.
    program("psql", 'case "$*" in *"EXTENSION amcheck"*) exit 3 ;; esac');
    expect((await step(makeExtensions, {})).code).toBe(3);
  });
});
