import { accessOf, type Access, type AccessChange, changesAccess, compareAccess, resourceWidens } from "./access";
import { type Change, changesOf, newTenants } from "./changes";
import { type Block, joinWithin, type Limit } from "./cut";
import { details, rendered } from "./details";
import { code, count, fence } from "./markdown";
import { type Diagnostic, nameOf, type Preview, typeOf } from "./preview";
import { blastRadiusText, reachOf } from "./rings";

/** What a report is made of. */
export interface ReportInputs {
  readonly stack: string;
  readonly preview: Preview;
  /**
   * `change`: what a change in the repository would do. `drift`: what stands otherwise than the repository says, as a preview
   * with `--refresh` found it.
   */
  readonly kind?: "change" | "drift";
  /** Who has which role, before and after. Absent where the preview itself tells: its outputs, in the form of events. */
  readonly access?: { readonly before: Access; readonly after: Access };
  readonly limit: Limit;
  /** Where the whole report is: an address, or the name of an artifact. */
  readonly where: string;
}

/** By this line a comment is found again and edited in place. */
export function marker(stack: string, kind: "change" | "drift" = "change"): string {
  return `<!-- estate-${kind === "drift" ? "drift" : "preview"}:${stack} -->`;
}

const platform = "platform";
const ownerOf = (change: Change): string => change.tenant ?? platform;

/** Everything that is decided about a preview before a word is written. */
interface Findings {
  readonly changes: readonly Change[];
  readonly access: readonly AccessChange[] | undefined;
  readonly widening: ReadonlySet<string>;
  readonly resources: readonly Change[];
}

function accessBoth({ preview, access }: ReportInputs): { before: Access; after: Access } | undefined {
  if (access !== undefined) return access;
  // Of a program that broke off, the outputs are those that were there before.
  const after = preview.whole ? accessOf(preview.outputs.after) : undefined;
  // A stack that was never raised has no outputs: nobody had anything.
  const before = accessOf(preview.outputs.before) ?? { grants: [], namespaces: new Map() };
  return after === undefined ? undefined : { before, after };
}

function findingsOf(inputs: ReportInputs): Findings {
  const changes = changesOf(inputs.preview);
  const around = {
    fresh: newTenants(inputs.preview),
    deleted: changes
      .filter(({ action, type }) => action === "delete" && type.endsWith(":Project"))
      .map(({ name }) => name),
  };
  const both = accessBoth(inputs);
  const access = both === undefined ? undefined : compareAccess(both.before, both.after);
  const widening = new Set([
    ...(access ?? []).filter(({ widened }) => widened).map(({ tenant }) => tenant || platform),
    ...changes.filter((change) => resourceWidens(change, around)).map(ownerOf),
  ]);
  return { changes, access, widening, resources: changes.filter(changesAccess) };
}

const countOf = (changes: readonly Change[], ...actions: readonly Change["action"][]): number =>
  changes.filter(({ action }) => actions.includes(action)).length;

/** What becomes of one tenant's things, in the words that a comment and a terminal share. */
export function summaryText(counts: readonly string[], widened: string, others: readonly string[]): string {
  return `${counts.join(", ")}; access widened: ${widened}; other tenants: ${others.length === 0 ? "none" : others.join(", ")}`;
}

/** One line for each tenant that changes, the platform's last. */
function summary({ changes, access, widening }: Findings): string[] {
  const owners = [...new Set([...changes.map(ownerOf), ...(access ?? []).map(({ tenant }) => tenant || platform)])];
  const tenants = owners.filter((owner) => owner !== platform).sort();
  return [...tenants, ...owners.filter((owner) => owner === platform)].map((owner) => {
    const own = changes.filter((change) => ownerOf(change) === owner);
    const rest: readonly (readonly [number, string])[] = [
      [countOf(own, "replace"), "replaced"],
      [countOf(own, "adopt"), "taken over"],
      [countOf(own, "forget"), "let go of"],
      [countOf(own, "keep"), "changed by others"],
    ];
    const counts = [
      `${String(countOf(own, "create"))} new`,
      `${String(countOf(own, "update"))} changed`,
      `${String(countOf(own, "delete"))} deleted`,
      ...rest.filter(([number]) => number > 0).map(([number, what]) => `${String(number)} ${what}`),
    ];
    const widened = widening.has(owner) ? "**yes**" : access === undefined ? "not compared" : "no";
    const others = tenants.filter((name) => name !== owner);
    return `- **${owner}**: ${summaryText(counts, widened, others)}`;
  });
}

const titleOf = (change: Change): string =>
  `${code(change.name)} (${change.type.split(":").at(-1) ?? ""}${change.tenant === undefined ? "" : ` of ${change.tenant}`})`;

function section(title: string, lines: readonly string[]): Block[] {
  return lines.length === 0 ? [] : [{ open: ["", `### ${title}`, ""], lines, close: [] }];
}

const roles = (names: readonly string[]): string => (names.length === 0 ? "nothing" : names.map(code).join(" and "));

function accessLines({ access, resources }: Findings): string[] {
  const people = (access ?? []).map(
    ({ group, where, before, after, widened }) =>
      `- group ${code(group)} in ${code(where)}: ${roles(before)} → ${roles(after)}${widened ? " **(wider)**" : ""}`,
  );
  // A tenant that comes or goes as a whole brings a line for each of these; the details have them.
  const changed = resources
    .filter(({ action }) => action !== "create" && action !== "delete")
    .map(
      (change) =>
        `- ${change.action} ${titleOf(change)}: ${change.fields.map(({ path }) => code(path)).join(", ") || "what it says"}`,
    );
  return [...people, ...changed];
}

/** What is deleted. Of a namespace that goes with all that is in it, the namespace stands for the rest. */
function deletionLines(changes: readonly Change[]): string[] {
  const deleted = changes.filter(({ action }) => action === "delete");
  const prefixOf = ({ type, name }: Change): string | undefined =>
    type === "kubernetes:core/v1:Namespace" ? name.replace("/Namespace/", "/") + "/" : undefined;
  const namespaces = deleted.map(prefixOf).filter((prefix) => prefix !== undefined);
  const within = ({ name, plane }: Change, prefix: string): boolean =>
    plane === "Kubernetes" && name.startsWith(prefix);
  return deleted
    .filter((change) => !namespaces.some((prefix) => within(change, prefix)))
    .map((change) => {
      const prefix = prefixOf(change);
      const inside = prefix === undefined ? 0 : deleted.filter((other) => within(other, prefix)).length;
      return `- ${titleOf(change)}${inside === 0 ? "" : `, with ${count(inside, "object")} in it`}`;
    });
}

function calledOut(findings: Findings): Block[] {
  const { changes } = findings;
  const going = changes.filter(({ action }) => action === "delete" || action === "replace");
  return [
    ...section(
      "Protected, so the run stops",
      going
        .filter((change) => change.protected)
        .map((change) => `- ${change.action} of ${titleOf(change)}: Pulumi refuses it while it is protected`),
    ),
    ...section("Deletions", deletionLines(changes)),
    ...section(
      "Replacements",
      changes
        .filter(({ action }) => action === "replace")
        .map((change) => {
          const why = change.fields.filter(({ replaces }) => replaces).map(({ path }) => code(path));
          return `- ${titleOf(change)}${why.length === 0 ? "" : `, because of ${why.join(", ")}`}`;
        }),
    ),
    ...section("Access", accessLines(findings)),
  ];
}

/** Words of the CLI about itself that say nothing of the change. */
const noise = /^(?:warning: )?using pulumi-[\w-]+ from \$PATH/;

function spoken(diagnostics: readonly Diagnostic[], severity: string): string[] {
  return [
    ...new Set(
      diagnostics
        .filter((one) => one.severity === severity && !noise.test(one.message))
        .map(
          ({ message, urn }) =>
            `${urn === "" || typeOf(urn) === "pulumi:pulumi:Stack" ? "" : `${nameOf(urn)}: `}${message}`,
        ),
    ),
  ].filter((message) => message !== "");
}

function messages({ preview }: ReportInputs): Block[] {
  const errors = spoken(preview.diagnostics, "error").flatMap((message) => message.split("\n"));
  const warnings = spoken(preview.diagnostics, "warning").flatMap((message) => message.split("\n"));
  const boxed = (title: string, lines: readonly string[]): Block[] => {
    const { open, close } = fence(lines);
    return lines.length === 0 ? [] : [{ open: ["", `### ${title}`, "", open], lines, close: [close] }];
  };
  return [
    ...boxed(
      "The preview failed",
      errors.length > 0 || preview.whole ? errors : ["It ended without a summary; its log has the rest."],
    ),
    ...section(
      "Policies",
      preview.violations.map(
        ({ policy, level, message, urn }) => `- ${level} ${code(policy)}, ${code(nameOf(urn))}: ${code(message)}`,
      ),
    ),
    ...boxed("Warnings", warnings),
  ];
}

/** How far it reaches, ring by ring. What stands otherwise than it should comes from nobody's release. */
const reachLines = ({ kind, preview }: ReportInputs, { changes }: Findings): string[] =>
  kind === "drift" ? [] : blastRadiusText(reachOf(changes, preview.outputs)).map((line) => `- ${line}`);

/** A preview as Markdown for a comment: what matters on top, all of it folded below, no secret, within the host's limit. */
export function report(inputs: ReportInputs): string {
  const { stack, kind = "change", limit, where } = inputs;
  const findings = findingsOf(inputs);
  const lines = summary(findings);
  const title = kind === "drift" ? `Drift of stack ${code(stack)}` : `Preview of stack ${code(stack)}`;
  const none = kind === "drift" ? "Everything is as the repository says." : "Nothing changes.";
  const complete = inputs.preview.whole && spoken(inputs.preview.diagnostics, "error").length === 0;
  return joinWithin(
    [
      {
        open: [marker(stack, kind), `## ${title}`, ""],
        lines: lines.length > 0 ? lines : complete ? [none] : ["What would change is not known."],
        close: [],
      },
      ...messages(inputs),
      ...calledOut(findings),
      ...section("Rings", reachLines(inputs, findings)),
      ...rendered(findings.changes),
      ...details(findings.changes),
    ],
    limit,
    where,
  );
}

/** Whether anything would change, or was changed by others. */
export function changesAnything(preview: Preview): boolean {
  return changesOf(preview).length > 0;
}
