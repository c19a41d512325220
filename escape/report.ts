import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { attacksOf, checks } from "./mtb";
import type { Cell } from "./matrix";
import type { Outcome } from "./mutation/mutant";
import type { Sweep } from "./rights";
import { trials } from "./trials";
import type { Verdict } from "./verdict";

/** The page that tells what was tried, by the suite's own figures. */
export const isolationPage = join(__dirname, "../docs/isolation.md");

/** The parts of the page that the suite writes, each by a stage of its own. */
export type PagePart = "cluster" | "estate" | "flags";

const marks = (part: PagePart) => [`<!-- ${part} -->`, `<!-- /${part} -->`] as const;

/** What stands between the marks of a part. */
export function partOf(part: PagePart): string {
  const [begin, end] = marks(part);
  const text = readFileSync(isolationPage, "utf8");
  return text.slice(text.indexOf(begin) + begin.length, text.indexOf(end)).trim();
}

/** Puts a part where it stands. */
export function writePart(part: PagePart, content: string): void {
  const [begin, end] = marks(part);
  const text = readFileSync(isolationPage, "utf8");
  const [from, to] = [text.indexOf(begin) + begin.length, text.indexOf(end)];
  writeFileSync(isolationPage, `${text.slice(0, from)}\n\n${content}\n\n${text.slice(to)}`);
}

/** A table as Prettier leaves it. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, at) => Math.max(3, title.length, ...rows.map((row) => (row[at] ?? "").length)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(" | ")} |`;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}

const count = (outcomes: readonly Outcome[]): readonly [string, string] => [
  String(outcomes.length),
  String(outcomes.filter(({ noticed }) => noticed !== undefined).length),
];
const held = (verdicts: readonly Verdict[]): string =>
  String(verdicts.filter(({ fault }) => fault === undefined).length);

/** What was found on one cluster. */
export interface ClusterFindings {
  readonly identities: readonly Verdict[];
  readonly refusals: Sweep;
  readonly worstCase: readonly Verdict[];
  readonly benchmark: readonly Verdict[];
  readonly policies: readonly Outcome[];
  readonly rights: readonly Outcome[];
}

/** The part of the page about admission and RBAC. */
export function clusterPart({ identities, refusals, worstCase, benchmark, policies, rights }: ClusterFindings): string {
  const attacks = trials.flatMap((trial) => trial.attacks);
  const controls = trials.flatMap((trial) => trial.controls);
  const threats = [...new Set(attacks.map(({ threat }) => threat))].sort((a, b) => a - b);
  return [
    table(
      ["taken out, one at a time", "removals", "noticed"],
      [
        ["lines of admission policies, and their bindings", ...count(policies)],
        ["rules of roles, and bindings", ...count(rights)],
      ],
    ),
    table(
      ["tried", "number", "as it must be"],
      [
        [
          "attacks, their twins and what must pass, under cluster-admin in the namespace",
          String(worstCase.length),
          held(worstCase),
        ],
        [
          "the same attacks by everybody of a tenant with the rights that they have",
          String(identities.length),
          held(identities),
        ],
        [
          "verbs on kinds that somebody has no right to, at home, at a neighbour's and outside",
          String(refusals.asked),
          String(refusals.asked - refusals.faults.length),
        ],
        ["checks of kubectl-mtb", String(benchmark.length), held(benchmark)],
      ],
    ),
    `${String(attacks.length)} attacks and ${String(controls.length)} requests that must pass, by threat:`,
    table(
      ["threat", "guardrails", "attacks"],
      threats.map((threat) => {
        const own = trials.filter((trial) => trial.attacks.some((attack) => attack.threat === threat));
        return [
          `#${String(threat)}`,
          own.map(({ guardrail }) => `\`${guardrail}\``).join(", "),
          String(attacks.filter((attack) => attack.threat === threat).length),
        ];
      }),
    ),
    "The checks of kubectl-mtb, whose own tool takes any error for a refusal:",
    table(
      ["check", "what", "attacks", "where Estate's answer is another"],
      checks.map((check) => [check.id, check.title, String(attacksOf(check)), check.differs ?? ""]),
    ),
  ].join("\n\n");
}

/** The part about the shared systems. */
export function estatePart(cells: readonly Cell[], vault: readonly Outcome[]): string {
  const planes = [...new Set(cells.map(({ plane }) => plane))];
  const across = cells.filter(({ of, at }) => of !== at);
  return [
    table(
      ["taken out, one at a time", "removals", "noticed"],
      [["lines of Vault's policies, and fields of its roles", ...count(vault)]],
    ),
    table(
      ["what each of ten tenants asks", "of its own", "of the others", "crossings"],
      [
        ...planes.map((plane) => {
          const own = cells.filter((cell) => cell.plane === plane);
          const others = own.filter(({ of, at }) => of !== at);
          return [
            plane,
            String(own.length - others.length),
            String(others.length),
            String(others.filter(({ fault }) => fault !== undefined).length),
          ];
        }),
        [
          "all",
          String(cells.length - across.length),
          String(across.length),
          String(across.filter(({ fault }) => fault !== undefined).length),
        ],
      ],
    ),
  ].join("\n\n");
}

/** The part about Flux's controllers. */
export function flagsPart(verdicts: readonly Verdict[], outcomes: readonly Outcome[], gaps: readonly string[]): string {
  return [
    table(
      ["taken out, one at a time", "removals", "noticed"],
      [["flags of Flux's controllers, each by what then goes through", ...count(outcomes)]],
    ),
    table(
      ["tried", "number", "as it must be"],
      [["attacks and their twins, with all flags set", String(verdicts.length), held(verdicts)]],
    ),
    "What goes through in spite of its flag, and is known ([guardrails.md](guardrails.md)):",
    gaps.map((gap) => `- ${gap}`).join("\n"),
  ].join("\n\n");
}
