import { spawn } from "node:child_process";

/** How a command of the CLI ended. */
export interface PulumiResult {
  readonly code: number;
  /** Everything it printed, both streams in the order of arrival. */
  readonly output: string;
  readonly stdout: string;
  readonly seconds: number;
}

/** Where and how the CLI runs. */
export interface PulumiContext {
  /** The project's folder. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Shows the output while it comes. */
  readonly show?: boolean;
  /** Asks the CLI to cancel, as Ctrl-C would: it ends what is under way and gives the stack's lock back. */
  readonly signal?: AbortSignal;
}

/** Runs the plain CLI to its end, on stack `dev` unless the arguments name another; never asks. */
export function pulumi(
  { cwd, env, show = false, signal }: PulumiContext,
  ...args: readonly string[]
): Promise<PulumiResult> {
  const began = performance.now();
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const child = spawn("pulumi", [...args, "--non-interactive"], {
      cwd,
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
      // A second signal makes it drop its work and keep the lock, so it hears of a terminal's Ctrl-C from us alone.
      detached: signal !== undefined,
    });
    const cancel = (): unknown => child.kill("SIGINT");
    const abandon = (): unknown => child.kill("SIGKILL");
    signal?.addEventListener("abort", cancel);
    if (signal !== undefined) process.once("exit", abandon);
    let output = "";
    let stdout = "";
    child.stdout.on("data", (chunk: Buffer) => {
      stdout += chunk.toString();
      output += chunk.toString();
      if (show) process.stdout.write(chunk);
    });
    child.stderr.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      if (show) process.stderr.write(chunk);
    });
    child.on("error", reject);
    child.on("close", (code) => {
      signal?.removeEventListener("abort", cancel);
      process.removeListener("exit", abandon);
      resolve({ code: code ?? 1, output, stdout, seconds: (performance.now() - began) / 1000 });
    });
  });
}

/**
 * The one command after the loss of a cluster (docs/recovery.md): it asks what is there, at the address that the kubeconfig has
 * now, and makes anew what is gone.
 */
export const rebuild = ["up", "--refresh", "--run-program", "--yes", "--skip-preview"] as const;

/** One step of `pulumi preview --json`, as far as it is read here. */
export interface PreviewStep {
  readonly op: string;
  readonly urn: string;
}

/** The steps of `pulumi preview --json` that change something. */
export function changes(json: string): PreviewStep[] {
  const { steps } = JSON.parse(json) as { readonly steps?: readonly PreviewStep[] };
  return (steps ?? []).filter(({ op }) => op !== "same" && op !== "read" && op !== "refresh");
}

/** The logical name at the end of a URN. */
export function nameOf(urn: string): string {
  return urn.split("::").slice(3).join("::");
}
