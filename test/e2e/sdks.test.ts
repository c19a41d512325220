import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { cacheFolder } from "../../sandbox/place";
import { compared, facts, factsFile, factsText, sdkNames, type SdkName } from "../sdks/facts";
import { readPython } from "../sdks/python";

/** Where the providers' Python packages are: PyPI has them also where npm has not. */
const packages: Readonly<Record<SdkName, { readonly name: string; readonly module: string }>> = {
  gitlab: { name: "pulumi-gitlab", module: "pulumi_gitlab" },
  harbor: { name: "pulumiverse-harbor", module: "pulumiverse_harbor" },
};

describe("what the SDKs are held against", () => {
  // A newer version is not looked for: who raises the version in sdks/<name>/package.json reads the facts anew.
  it.each(sdkNames)("%s.json is what the package on PyPI says", async (sdk) => {
    const { version } = facts(sdk);
    const read = readPython(download(sdk, version), version, compared[sdk]);
    // `vitest -u` writes it.
    await expect(factsText(read)).toMatchFileSnapshot(factsFile(sdk));
  });
});

/** The folder with the Python module; downloaded once into the cache, which is outside the checkout. */
function download(sdk: SdkName, version: string): string {
  const { name, module } = packages[sdk];
  const folder = join(cacheFolder(), "python", `${name}-${version}`);
  if (!existsSync(folder)) {
    const draft = `${folder}.${process.pid}`;
    rmSync(draft, { recursive: true, force: true });
    mkdirSync(draft, { recursive: true });
    python("-m", "pip", "download", "--no-deps", "--quiet", "--dest", draft, `${name}==${version}`);
    const [archive = ""] = readdirSync(draft);
    python("-m", archive.endsWith(".whl") ? "zipfile" : "tarfile", "-e", join(draft, archive), join(draft, "content"));
    renameSync(draft, folder);
  }
  const content = join(folder, "content");
  const found = [content, ...readdirSync(content).map((entry) => join(content, entry))]
    .map((parent) => join(parent, module))
    .find((path) => existsSync(path));
  if (found === undefined) throw new Error(`the archive of ${name} ${version} has no ${module}`);
  return found;
}

function python(...args: readonly string[]): void {
  execFileSync("python3", args, { stdio: ["ignore", "ignore", "pipe"] });
}
