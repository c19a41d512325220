/** `v1.2.3-rc.1` as its numbers and what stands after the hyphen. What is no number counts as text. */
function partsOf(version: string): { readonly numbers: readonly number[]; readonly pre: readonly string[] } {
  const [core = "", pre] = version.replace(/^v/, "").replace(/\+.*$/, "").split(/-(.*)/s);
  return { numbers: core.split(".").map(Number), pre: pre === undefined ? [] : pre.split(".") };
}

function comparePre(a: string, b: string): number {
  const [one, two] = [/^\d+$/.test(a), /^\d+$/.test(b)];
  if (one && two) return Number(a) - Number(b);
  // A number is older than a word.
  if (one !== two) return one ? -1 : 1;
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Below zero where `a` is the older version, above where it is the newer: Semantic Versioning 2.0.0, section 11. */
export function compareVersions(a: string, b: string): number {
  const [one, two] = [partsOf(a), partsOf(b)];
  for (let index = 0; index < Math.max(one.numbers.length, two.numbers.length); index += 1) {
    const order = (one.numbers[index] ?? 0) - (two.numbers[index] ?? 0);
    if (order !== 0) return order;
  }
  // What comes before a release is older than the release.
  if (one.pre.length === 0 || two.pre.length === 0) return two.pre.length - one.pre.length;
  for (let index = 0; index < Math.min(one.pre.length, two.pre.length); index += 1) {
    const order = comparePre(one.pre[index] ?? "", two.pre[index] ?? "");
    if (order !== 0) return order;
  }
  return one.pre.length - two.pre.length;
}
