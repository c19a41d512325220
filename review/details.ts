import type { Change, FieldChange, Plane } from "./changes";
import type { Block } from "./cut";
import { code, count, fence, valueCode } from "./markdown";
import { changedLines, renderedDiff } from "./rendered";

const words: Readonly<Record<Change["action"], string>> = {
  create: "+",
  update: "~",
  replace: "±",
  delete: "-",
  adopt: "=",
  forget: "○",
  keep: "!",
};

const driftWords = { gone: " (somebody deleted it)", changed: " (somebody changed it)" } as const;

function detailLines(change: Change): string[] {
  const drift = change.drift === undefined ? "" : driftWords[change.drift];
  const head = `- ${code(`${words[change.action]} ${change.name}`)} ${change.type.split(":").at(-1) ?? ""}${drift}`;
  if (renderedDiff(change) !== undefined) return [head];
  return [head, ...change.fields.flatMap(fieldLines)];
}

const isLong = (value: unknown): value is string => typeof value === "string" && value.includes("\n");

function fieldLines({ path, before, after }: FieldChange): string[] {
  if (typeof before === "string" && typeof after === "string" && (isLong(before) || isLong(after)))
    return [`  - ${code(path)}:`, ...changedLines(before, after).map((line) => `    - ${code(line)}`)];
  return [`  - ${code(path)}: ${valueCode(before)} → ${valueCode(after)}`];
}

const planeOrder: readonly Plane[] = ["Kubernetes", "Vault", "GitLab", "registry", "AWS", "other"];

function groupOf({ plane, cluster }: Change): string {
  return plane === "Kubernetes"
    ? `Kubernetes, cluster ${cluster ?? "not known"}`
    : plane === "other"
      ? "Other"
      : plane.replace(/^r/, "R");
}

/** All changes, folded: a part for each system, and for each cluster. */
export function details(changes: readonly Change[]): Block[] {
  const ordered = planeOrder.flatMap((plane) => changes.filter((change) => change.plane === plane));
  const groups = [...new Set(ordered.map(groupOf))].sort(
    (a, b) => Number(b.startsWith("Kubernetes")) - Number(a.startsWith("Kubernetes")) || 0,
  );
  return groups.map((group) => {
    const own = ordered.filter((change) => groupOf(change) === group);
    return {
      open: ["", "<details>", `<summary>${group}: ${count(own.length, "resource")}</summary>`, ""],
      lines: own.flatMap(detailLines),
      close: ["", "</details>"],
    };
  });
}

/** What comes to clusters by Git, as diffs. */
export function rendered(changes: readonly Change[]): Block[] {
  return changes.flatMap((change) => {
    const diff = renderedDiff(change);
    if (diff === undefined) return [];
    const { open, close } = fence(diff.lines, "diff");
    return [
      {
        open: [
          "",
          "<details>",
          `<summary>Rendered for cluster ${diff.cluster}: ${code(diff.file)}</summary>`,
          "",
          open,
        ],
        lines: diff.lines,
        close: [close, "", "</details>"],
      },
    ];
  });
}
