/**
 * Kubernetes quantities ("500m", "16Gi"), read exactly and written the way the API server writes them back.
 *
 * The API server stores its own canonical form, and the Kubernetes provider compares what was asked for with what is
 * live: "1024Mi" would differ from the stored "1Gi" in every preview. So the plan only ever holds canonical text.
 * Rules: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
 */
export const quantityPattern = /^(\d+)(?:\.(\d+))?(m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?$/;

const decimal = ["", "k", "M", "G", "T", "P", "E"] as const;
const binary = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"] as const;

/** The greatest quantity accepted: above it the API server saturates silently, and the limit is no limit. */
const greatestMilli = (2n ** 63n - 1n) * 1000n;

/** A quantity in thousandths of its unit (cores, bytes, pieces), with the suffix family it was written in. */
interface Parsed {
  readonly milli: bigint;
  readonly family: "binary" | "decimal";
}

function scale(suffix: string): { readonly factor: bigint; readonly family: Parsed["family"] } {
  if (suffix === "m") return { factor: 1n, family: "decimal" };
  const binaryPower = (binary as readonly string[]).indexOf(suffix);
  if (binaryPower > 0) return { factor: 1000n * 1024n ** BigInt(binaryPower), family: "binary" };
  return { factor: 1000n * 1000n ** BigInt((decimal as readonly string[]).indexOf(suffix)), family: "decimal" };
}

function parse(text: string): Parsed | undefined {
  const match = quantityPattern.exec(text);
  if (match === null) return undefined;
  const [, whole = "0", fraction = "", suffix = ""] = match;
  const { factor, family } = scale(suffix);
  const scaled = BigInt(whole + fraction) * factor;
  const divisor = 10n ** BigInt(fraction.length);
  // Finer than a thousandth is rounded up by the API server; refused here, since nobody means it.
  if (scaled % divisor !== 0n) return undefined;
  const milli = scaled / divisor;
  return milli > greatestMilli ? undefined : { milli, family };
}

/** Whether `text` is a quantity that the API server takes as it reads. */
export function isQuantity(text: string): boolean {
  return parse(text) !== undefined;
}

/** The value in thousandths of the unit; undefined when `text` is no quantity. */
export function quantityMilli(text: string): bigint | undefined {
  return parse(text)?.milli;
}

/** The canonical text of a quantity, e.g. "1024Mi" -> "1Gi", "0.5" -> "500m". Throws a RangeError on other text. */
export function canonicalQuantity(text: string): string {
  return timesQuantity(text, 1);
}

/** The canonical text of a quantity taken a whole number of times. Throws a RangeError on other text. */
export function timesQuantity(text: string, times: number): string {
  const parsed = parse(text);
  if (parsed === undefined) throw new RangeError(`not a quantity: ${text}`);
  const { family } = parsed;
  const milli = parsed.milli * BigInt(times);
  if (milli % 1000n !== 0n) return `${milli.toString()}m`;
  const units = milli / 1000n;
  if (units === 0n) return "0";
  const [base, suffixes] = family === "binary" ? [1024n, binary] : [1000n, decimal];
  let power = 0;
  let rest = units;
  while (rest % base === 0n && power < suffixes.length - 1) {
    rest /= base;
    power += 1;
  }
  return `${rest.toString()}${suffixes[power] ?? ""}`;
}
