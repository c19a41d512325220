import { fluxComponents } from "../../model/controllers";
import { lastLines, logFile, type Part } from "../part";
import type { Toolchain } from "../toolchain/ensure";
import { sandboxTools } from "../toolchain/tools";

/** The controllers of Flux for which the sandbox runs the real program: those in its toolchain. */
export const simulatedControllers: readonly string[] = fluxComponents.filter((name) => sandboxTools.includes(name));

/** All programs that an operator may bring. */
const programs: readonly string[] = [...simulatedControllers, "external-secrets"];

/** What the operators' stand-in is told. */
export interface OperatorsEnvironment {
  readonly kubeconfig: string;
  /** The folder with the components' CRDs. */
  readonly manifests: string;
  readonly controllers: Toolchain;
}

/** The operators' stand-in as a part of the sandbox. The controllers are its children, not parts. */
export function operatorsPart(
  dir: string,
  bundle: string,
  contexts: readonly string[],
  { kubeconfig, manifests, controllers }: OperatorsEnvironment,
): Part {
  const files = Object.fromEntries(programs.map((name) => [name, controllers.file(name)]));
  const env = {
    ESTATE_SANDBOX: dir,
    KUBECONFIG: kubeconfig,
    ESTATE_MANIFESTS: manifests,
    ESTATE_CONTROLLERS: JSON.stringify(files),
  };
  return {
    name: "operators",
    file: process.execPath,
    args: [bundle, ...contexts],
    env,
    awaited: "its first line",
    boundMs: 30_000,
    look: () => Promise.resolve(lastLines(logFile(dir, "operators"), 1).length > 0 ? undefined : "an empty log"),
  };
}
