const UNITS: readonly (readonly [string, bigint, bigint])[] = [
  // suffix, numerator, denominator of one unit
  ["n", 1n, 1_000_000_000n],
  ["u", 1n, 1_000_000n],
  ["m", 1n, 1_000n],
  ["", 1n, 1n],
  ["k", 1_000n, 1n],
  ["M", 1_000_000n, 1n],
  ["G", 1_000_000_000n, 1n],
  ["T", 1_000_000_000_000n, 1n],
  ["P", 1_000_000_000_000_000n, 1n],
  ["E", 1_000_000_000_000_000_000n, 1n],
];
const BINARY = ["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];

/**
 * A quantity as the API server writes it back: `0.5` is `500m`, `1000m` is `1`, `1024Mi` is `1Gi`. What is no quantity
 * stays as it is (the server will say so).
 */
export function canonicalQuantity(text: string): string {
  const parts = /^([+-]?)(\d*)(?:\.(\d*))?(?:([eE][+-]?\d+)|([numkMGTPE]|[KMGTPE]i)?)$/.exec(text);
  if (parts === null || (parts[2] === "" && (parts[3] ?? "") === "")) return text;
  const [, sign = "", whole = "", fraction = "", exponent, unit = ""] = parts;
  // An exponent keeps its form on the server unless it is zero; nobody writes quotas that way.
  if (exponent !== undefined) return text;
  const digits = BigInt(whole + fraction === "" ? "0" : whole + fraction);
  const scale = 10n ** BigInt(fraction.length);
  const minus = sign === "-" ? "-" : "";
  if (digits === 0n) return "0";
  const binary = BINARY.indexOf(unit);
  if (binary >= 0) {
    const bytes = digits * 1024n ** BigInt(binary + 1);
    if (bytes % scale === 0n) return minus + binaryForm(bytes / scale);
    // Below one byte the server falls back to the decimal form.
    return minus + decimalForm(bytes, scale);
  }
  const [, numerator, denominator] = UNITS.find(([name]) => name === unit) ?? ["", 1n, 1n];
  return minus + decimalForm(digits * numerator, scale * denominator);
}

function binaryForm(bytes: bigint): string {
  // Under 1024 the server drops the binary suffix.
  let value = bytes;
  let power = -1;
  while (value % 1024n === 0n && power + 1 < BINARY.length) {
    value /= 1024n;
    power += 1;
  }
  return `${value}${BINARY[power] ?? ""}`;
}

function decimalForm(numerator: bigint, denominator: bigint): string {
  for (const [name, up, down] of [...UNITS].reverse()) {
    const scaled = numerator * down;
    const unit = denominator * up;
    if (scaled % unit === 0n) return `${scaled / unit}${name}`;
  }
  // Finer than a billionth: rounded up.
  return `${(numerator * 1_000_000_000n + denominator - 1n) / denominator}n`;
}
