import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { takeData } from "../../../scripts/ci/data";

let folder: string;

const git = (...args: readonly string[]): string =>
  execFileSync("git", args, {
    cwd: folder,
    encoding: "utf8",
    env: {
      PATH: process.env["PATH"],
      HOME: folder,
      GIT_CONFIG_NOSYSTEM: "1",
      GIT_AUTHOR_NAME: "A",
      GIT_AUTHOR_EMAIL: "a@example.com",
      GIT_COMMITTER_NAME: "A",
      GIT_COMMITTER_EMAIL: "a@example.com",
    },
  }).trim();

function write(path: string, content: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), content);
}

function commit(message: string): string {
  git("add", "--all");
  git("commit", "--quiet", "-m", message);
  return git("rev-parse", "HEAD");
}

/** A change on a branch of its own; the checkout is on main again after it. */
function changed(work: () => void): string {
  git("checkout", "--quiet", "-b", `change-${String(Math.random()).slice(2)}`);
  work();
  const head = commit("change");
  git("checkout", "--quiet", "main");
  return head;
}

const read = (path: string): string => readFileSync(join(folder, path), "utf8");

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "estate-data-"));
  git("init", "--quiet", "--initial-branch=main");
  write("index.ts", "main's program\n");
  write("tenants/a.yaml", "a: 1\n");
  write("tenants/b.yaml", "b: 1\n");
  commit("main");
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("takeData", () => {
  it("takes what the change touches, and keeps what main has got since", () => {
    const head = changed(() => {
      write("tenants/a.yaml", "a: 2\n");
      write("tenants/c.yaml", "c: 1\n");
      rmSync(join(folder, "tenants/b.yaml"));
    });
    write("tenants/later.yaml", "later: 1\n");
    commit("main moves on");
    expect(takeData(folder, head).sort()).toEqual(["tenants/a.yaml", "tenants/b.yaml", "tenants/c.yaml"]);
    expect([read("tenants/a.yaml"), read("tenants/c.yaml"), read("tenants/later.yaml")]).toEqual([
      "a: 2\n",
      "c: 1\n",
      "later: 1\n",
    ]);
    expect(existsSync(join(folder, "tenants/b.yaml"))).toBe(false);
    expect(read("index.ts")).toBe("main's program\n");
  });

  it("takes bytes as they are", () => {
    const bytes = Buffer.from([0xff, 0x00, 0x0d, 0x0a]);
    const head = changed(() => writeFileSync(join(folder, "tenants/a.yaml"), bytes));
    takeData(folder, head);
    expect(readFileSync(join(folder, "tenants/a.yaml"))).toEqual(bytes);
  });

  it.each([
    [
      "a link",
      () => symlinkSync("/etc/passwd", join(folder, "tenants/c.yaml")),
      "tenants/c.yaml is no plain file (mode 120000)",
    ],
    [
      "a program",
      () => writeFileSync(join(folder, "tenants/c.yaml"), "x", { mode: 0o755 }),
      "tenants/c.yaml is no plain file (mode 100755)",
    ],
    ["code", () => write("index.ts", "theirs\n"), "index.ts is no tenant's file"],
    ["code beside the tenants", () => write("tenants/load.ts", "theirs\n"), "tenants/load.ts is no tenant's file"],
    ["a folder's file", () => write("tenants/x/y.yaml", "theirs\n"), "tenants/x/y.yaml is no tenant's file"],
  ])("refuses %s, and writes nothing", (_what, work, reason) => {
    const head = changed(() => {
      write("tenants/a.yaml", "a: 2\n");
      work();
    });
    expect(() => takeData(folder, head)).toThrow(reason);
    expect(read("tenants/a.yaml")).toBe("a: 1\n");
    expect(git("status", "--porcelain")).toBe("");
  });

  it.each(["main", "--output=x", "", "HEAD"])("takes %j for no commit", (head) => {
    expect(() => takeData(folder, head)).toThrow(`"${head}" is no commit`);
  });
});
