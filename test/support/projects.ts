import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const goodProject = join(__dirname, "../fixtures/good");
const launcher = join(__dirname, "../../bin/estate.mjs");

/** What the command `estate` said, and how it ended. */
export interface Said {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder with a copy of the good project, and `files` over it; it is removed by `remove`. */
export interface TemporaryProject {
  readonly dir: string;
  read(file: string): string;
  write(file: string, content: string | Uint8Array): void;
  /** Runs `estate` in it. */
  estate(...args: readonly string[]): Said;
  remove(): void;
}

/** Copies the good project: two tenants, one stack. */
export function temporaryProject(): TemporaryProject {
  const dir = mkdtempSync(join(tmpdir(), "estate-project-"));
  cpSync(goodProject, dir, { recursive: true });
  return {
    dir,
    read: (file) => readFileSync(join(dir, file), "utf8"),
    write(file, content) {
      mkdirSync(dirname(join(dir, file)), { recursive: true });
      writeFileSync(join(dir, file), content);
    },
    estate(...args) {
      const { status, stdout, stderr } = spawnSync(process.execPath, [launcher, ...args], {
        cwd: dir,
        encoding: "utf8",
      });
      return { status, stdout, stderr };
    },
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };
}

/**
 * The files of a fixture by their place in a project. They end with `.in`, so that no formatter mends them.
 */
export function fixtureFiles(folder: string): ReadonlyMap<string, Uint8Array> {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".in"));
  return new Map(
    names.map((name) => [name.replace(/\.in$/, "").replaceAll("\\", "/"), readFileSync(join(folder, name))]),
  );
}
