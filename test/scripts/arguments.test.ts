import { execFile } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readArguments } from "../../scripts/arguments";

const root = join(__dirname, "../..");

function run(script: string, ...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const file = join(root, "scripts", `${script}.ts`);
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ["--import", require.resolve("tsx"), file, ...args],
      { cwd: root },
      (error, stdout, stderr) =>
        resolve({ code: typeof error?.code === "number" ? error.code : error === null ? 0 : -1, stdout, stderr }),
    );
  });
}

describe("readArguments", () => {
  it("reads what is there", () => {
    const options = { stack: { type: "string", default: "dev" }, keep: { type: "boolean", default: false } } as const;
    expect(readArguments("x", options, ["--keep"])).toEqual({ stack: "dev", keep: true });
  });

  it.each([
    [["--stac", "dev"], "cannot read the command line: Unknown option '--stac'; usage: x"],
    [["dev"], "cannot read the command line: Unexpected argument 'dev'; usage: x"],
    [["--stack"], "cannot read the command line: Option '--stack <value>' argument missing; usage: x"],
    [["--stack", "--keep"], "cannot read the command line: Option '--stack' argument is ambiguous; usage: x"],
  ])("says what %j has wrong, and the usage, in one line", (args, line) => {
    expect(() => readArguments("x", { stack: { type: "string" }, keep: { type: "boolean" } }, args)).toThrow(line);
  });
});

describe("every command", () => {
  it("ends with 2 and one line when its command line is wrong", { timeout: 180_000 }, async () => {
    for (const script of ["preflight", "rehearse", "schema", "bench", "validate"]) {
      const { code, stdout, stderr } = await run(script, "--nothing-of-that-name");
      expect({ script, code, stdout, stderr }).toEqual({
        script,
        code: 2,
        stdout: "",
        stderr: expect.stringMatching(
          `^cannot read the command line: Unknown option '--nothing-of-that-name'; usage: (?:npm run|estate) ${script}.*\n$`,
        ),
      });
    }
  });
});
