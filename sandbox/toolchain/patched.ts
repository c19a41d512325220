import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";

import { moduleDir, type ComponentName } from "./manifests";

/** A module that is built from a copy of it, in which these files are ours; go.mod replaces it by `./source`. */
export interface Patched {
  /** Whose module it is: fetched and checked as its CRDs are. */
  readonly component: ComponentName;
  /** The files, by their path in the module. Ours lie in the folder `ours`. */
  readonly files: readonly string[];
}

/** The files of ours, by their path in the tool's folder: the build changes with them. */
export const ownFiles = (patched: Patched | undefined): readonly string[] =>
  (patched?.files ?? []).map((file) => join("ours", file));

/** Makes the folder to build in, out of the tool's committed one. */
export async function layOut(patched: Patched, from: string, folder: string): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  const source = join(folder, "source");
  for (const file of patched.files) {
    mkdirSync(dirname(join(source, file)), { recursive: true });
    copyFileSync(join(from, "ours", file), join(source, file));
  }
  copyMissing(await moduleDir(patched.component), source);
  for (const file of ["go.mod", "go.sum"]) copyFileSync(join(from, file), join(folder, file));
}

/** Copies what is not there yet. Go's cache of modules is read-only, and its folders' modes would be in our way. */
function copyMissing(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) copyMissing(source, target);
    else if (!existsSync(target)) copyFileSync(source, target);
  }
}
