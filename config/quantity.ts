import { isQuantity } from "../model/quantity";

/** Why a text is no quantity, with the code and the remedy of a report. */
export interface QuantityMistake {
  readonly code: string;
  readonly cause: string;
  readonly remedy: string;
}

const forms = "write for example 500m, 8, 512Mi or 16Gi";

/** Suffixes that people write for the ones that Kubernetes knows. */
const meant: Readonly<Record<string, string>> = {
  K: "k", KB: "Ki", kB: "Ki", kb: "Ki", ki: "Ki", KI: "Ki", Kii: "Ki",
  MB: "Mi", Mb: "Mi", mb: "Mi", mi: "Mi", MI: "Mi", Mii: "Mi", MiB: "Mi",
  g: "G", GB: "Gi", Gb: "Gi", gb: "Gi", gi: "Gi", GI: "Gi", Gii: "Gi", GiB: "Gi",
  t: "T", TB: "Ti", Tb: "Ti", tb: "Ti", ti: "Ti", TI: "Ti", Tii: "Ti", TiB: "Ti",
}; // prettier-ignore

function correction(text: string): string | undefined {
  const match = /^\s*(\d+(?:\.\d+)?)\s*([A-Za-z]*)\s*$/.exec(text);
  if (match === null) return undefined;
  const [, number = "", suffix = ""] = match;
  const candidate = `${number}${Object.hasOwn(meant, suffix) ? (meant[suffix] ?? "") : suffix}`;
  return candidate !== text && isQuantity(candidate) ? candidate : undefined;
}

/** Tells why the API server would not take `text` as a person means it; undefined for a good quantity. */
export function quantityMistake(text: string): QuantityMistake | undefined {
  if (isQuantity(text)) return undefined;
  const quoted = `"${text}"`;
  if (/^-\d/.test(text)) return { code: "Q004", cause: `${quoted} is negative`, remedy: "write 0 or more" };
  if (/^(?:0x[\da-f]+|\d+(?:\.\d+)?e[-+]?\d+)$/i.test(text))
    return {
      code: "Q005",
      cause: `${quoted} is hexadecimal or has an exponent`,
      remedy: `use plain quantities: ${forms}`,
    };
  const form = /^(\d+)(?:\.\d+)?(m|k|[MGTPE]i?|Ki)?$/.exec(text);
  if (form !== null) {
    // It reads as a quantity and is none: with its whole part alone it is beyond what fits, or else too fine.
    const [, whole = "", suffix = ""] = form;
    return isQuantity(whole + suffix)
      ? { code: "Q009", cause: `${quoted} is finer than a thousandth`, remedy: "the smallest step is 1m" }
      : { code: "Q003", cause: `${quoted} is beyond what the API server can hold`, remedy: "write a smaller quantity" };
  }
  const better = correction(text);
  return {
    code: "Q001",
    cause: `${quoted} is not a quantity`,
    remedy: better === undefined ? forms : `did you mean "${better}"?`,
  };
}
