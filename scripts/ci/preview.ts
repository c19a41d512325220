import { Complaint } from "@estate/sandbox";
import { writeFileSync } from "node:fs";
import type { Problem } from "../../model/problem";
import { codeQuality, previewProblems, workflowCommands } from "../../review/annotations";
import { limits } from "../../review/cut";
import { parsePreview, type Preview, UnreadablePreview } from "../../review/preview";
import { changesAnything, report } from "../../review/report";
import { pulumi, type PulumiContext, type PulumiResult } from "../pulumi-cli";

/** What to preview, and where the report goes. */
export interface PreviewRequest {
  readonly stack: string;
  /** The report's file. */
  readonly out: string;
  /** Asks the world first, and reports what is otherwise than the repository says. */
  readonly drift: boolean;
  readonly host: keyof typeof limits;
  /** Where people find the whole report. */
  readonly where: string;
  /** The file of GitLab's code-quality report. */
  readonly codeQuality?: string;
}

/** How a preview ended: its exit code, and lines for the log. */
export interface PreviewOutcome {
  /** 0; 2 when it failed; 3 when something stands otherwise than the repository says. */
  readonly code: number;
  readonly lines: readonly string[];
}

/** Exit code of a drift job that found something. */
const drifted = 3;

function read(result: PulumiResult): Preview {
  try {
    return parsePreview(result.stdout);
  } catch (thrown) {
    if (!(thrown instanceof UnreadablePreview)) throw thrown;
    // Before there is a program there are no events either: no backend, no stack, no plugin. Its own words say which.
    const said = result.output.trim().split("\n").slice(-5).join(" ");
    throw new Complaint("pulumi preview told nothing", said, "run it where the backend and the stack are known");
  }
}

/**
 * Previews a stack and writes its report as Markdown. The events themselves are not kept: they hold every input of every
 * resource. The whole report goes to `<out>`, what fits into a comment to `<out>.comment`.
 */
export async function previewStack(context: PulumiContext, request: PreviewRequest): Promise<PreviewOutcome> {
  const { stack, out, drift, host, where } = request;
  const env = { ...context.env, PULUMI_ENABLE_STREAMING_JSON_PREVIEW: "true" };
  const args = ["preview", "--json", ...(drift ? ["--refresh"] : []), "--stack", stack];
  const result = await pulumi({ ...context, env }, ...args);
  const preview = read(result);
  const inputs = { stack, preview, kind: drift ? ("drift" as const) : ("change" as const), where };
  writeFileSync(out, report({ ...inputs, limit: limits.none }));
  writeFileSync(`${out}.comment`, report({ ...inputs, limit: limits[host] }));
  const problems: readonly Problem[] = previewProblems(stack, preview);
  if (request.codeQuality !== undefined)
    writeFileSync(request.codeQuality, `${JSON.stringify(codeQuality(problems), undefined, 2)}\n`);
  const lines = host === "github" ? workflowCommands(problems) : [];
  if (result.code !== 0) return { code: 2, lines };
  return { code: drift && changesAnything(preview) ? drifted : 0, lines };
}
