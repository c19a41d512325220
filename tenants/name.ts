import { mistake } from "../config/mistake";
import { gitlabWords, isReserved, namespaceName, tenantNameLength, tenantNamePattern, yamlWords } from "../model/names";
import type { Place, Problem } from "../model/problem";

/** Letters of other alphabets that look like ours, in the order of `latin`. */
const foreign = "аеорсухіјѕһԁԛԝкмтвнɑοανρυι";
const latin = "aeopcyxijshdqwkmtbhaoavpui";

/** Names that every JavaScript object has already. */
const objectNames: ReadonlySet<string> = new Set(["constructor", "prototype"]);

function latinOf(character: string): string {
  const index = foreign.indexOf(character.toLowerCase());
  return index < 0 ? character.normalize("NFKD").replace(/[^ -~]/g, "") : (latin[index] ?? "");
}

function foreignLetter(name: string, place: Place): Problem | undefined {
  const match = /[^ -~]/u.exec(name);
  if (match === null) return undefined;
  const code = `U+${(match[0].codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
  const alike = latinOf(match[0]);
  const cause =
    alike === ""
      ? `character ${match.index + 1} of the name is ${code}`
      : `character ${match.index + 1} of the name is ${code}, which looks like "${alike}"`;
  const plain = Array.from(name, latinOf).join("").toLowerCase();
  return mistake(
    "N003",
    place,
    cause,
    tenantNamePattern.test(plain) ? `rename it to "${plain}"` : "use only a-z, 0-9 and -",
  );
}

function wrongForm(name: string, place: Place): Problem | undefined {
  const strange = foreignLetter(name, place);
  if (strange !== undefined) return strange;
  const lower = name.toLowerCase();
  if (lower !== name && tenantNamePattern.test(lower))
    return mistake("N001", place, `"${name}" has upper case letters`, `use lower case: "${lower}"`);
  if (!tenantNamePattern.test(name)) {
    const plain = lower.replace(/[^a-z0-9]+/g, "-").replace(/^[-0-9]+|-+$/g, "");
    const hint = tenantNamePattern.test(plain) ? `, for example "${plain}"` : "";
    return mistake(
      "N002",
      place,
      `"${name}" is not a tenant's name`,
      `use only a-z, 0-9 and single hyphens inside, a letter first${hint}`,
    );
  }
  if (name.length > tenantNameLength) {
    const why = "so that <tenant>-<environment> fits into a Helm release's name (53)";
    return mistake(
      "N004",
      place,
      `the name has ${name.length} characters, at most ${tenantNameLength}`,
      `shorten it, ${why}`,
    );
  }
  return undefined;
}

/** Whether a text is a tenant's name in form and meaning. `environments` are all of the estate's. */
export function nameProblems(name: string, environments: readonly string[], place: Place): Problem[] {
  const form = wrongForm(name, place);
  if (form !== undefined) return [form];
  if (yamlWords.has(name))
    return [mistake("N008", place, `"${name}" is not text for YAML 1.1 tools`, "choose another name")];
  if (objectNames.has(name)) return [mistake("T011", place, `"${name}" is a reserved word`, "choose another name")];
  if (isReserved(name))
    return [mistake("N007", place, `"${name}" is reserved for the platform`, "choose another name")];
  if (gitlabWords.has(name))
    return [mistake("N007", place, `"${name}" is a word of GitLab's own addresses`, "choose another name")];
  return environments
    .map((environment) => namespaceName(name, environment))
    .filter(isReserved)
    .map((namespace) =>
      mistake("N007", place, `its namespace "${namespace}" is reserved for the platform`, "choose another name"),
    );
}
