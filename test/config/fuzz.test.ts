import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findCredentials, redact } from "../../config/credential";
import { parseDocument } from "../../config/document";
import { quantityMistake } from "../../config/quantity";
import { builtin } from "../../features";
import { formatProblem, type Problem } from "../../model/problem";
import { canonicalQuantity, isQuantity } from "../../model/quantity";
import { validateProject } from "../../tenants/validate";
import { type TemporaryProject, temporaryProject } from "../support/projects";

const good = join(__dirname, "../fixtures/good");
const files = ["Pulumi.dev.yaml", "tenants/team-a.yaml"] as const;

type Mutation = (text: Buffer) => Buffer;

const nasty = [
  "\t",
  "\u00a0",
  "\0",
  "&a ",
  "*a",
  "<<: ",
  "!!binary ",
  "? ",
  "- ",
  "{",
  "]",
  "'",
  '"',
  "|",
  ": ",
  "no",
  "0x1f",
  "~",
  "\r",
  "%",
  "---\n",
  "__proto__: ",
  "1e999",
  "😀",
  "\ud800",
];

const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.tuple(fc.nat(), fc.nat(255)).map(([at, byte]): Mutation => (text) => {
    const copy = Buffer.from(text);
    copy[at % copy.length] = byte;
    return copy;
  }),
  fc.tuple(fc.nat(), fc.constantFrom(...nasty)).map(([at, piece]): Mutation => (text) => {
    const offset = at % text.length;
    return Buffer.concat([text.subarray(0, offset), Buffer.from(piece), text.subarray(offset)]);
  }),
  fc.tuple(fc.nat(), fc.nat(40)).map(([at, length]): Mutation => (text) => {
    const offset = at % text.length;
    return Buffer.concat([text.subarray(0, offset), text.subarray(offset + length)]);
  }),
  fc
    .tuple(fc.nat(), fc.nat(), fc.constantFrom("drop", "double", "swap", "indent"))
    .map(([first, second, what]): Mutation => (text) => {
      const lines = text.toString("latin1").split("\n");
      const [a, b] = [first % lines.length, second % lines.length];
      const line = lines[a] ?? "";
      if (what === "drop") lines.splice(a, 1);
      else if (what === "double") lines.splice(b, 0, line);
      else if (what === "indent") lines[a] = `  ${line}`;
      else [lines[a], lines[b]] = [lines[b] ?? "", line];
      return Buffer.from(lines.join("\n"), "latin1");
    }),
);

function isWellFormed({ code, place, cause, remedy }: Problem): boolean {
  const whole = /^[A-Z]\d{3}$/.test(code) && cause !== "" && remedy !== "" && !/[\n\r]/.test(cause + remedy);
  return whole && (place.line ?? 1) >= 1 && (place.column ?? 1) >= 1;
}

describe("mutated files", () => {
  let project: TemporaryProject;
  beforeAll(() => {
    project = temporaryProject();
  });
  afterAll(() => {
    project.remove();
  });

  it.each(files)("%s passes or is told, and never breaks the reader", (file) => {
    const original = readFileSync(join(good, file));
    fc.assert(
      fc.property(fc.array(mutation, { minLength: 1, maxLength: 3 }), (mutations) => {
        const mutated = mutations.reduce<Buffer>((text, mutate) => (text.length === 0 ? text : mutate(text)), original);
        project.write(file, mutated);
        const { problems } = validateProject({ projectDir: project.dir, features: builtin, today: "2026-01-01" });
        expect(problems.every(isWellFormed)).toBe(true);
      }),
      { numRuns: 250 },
    );
    project.write(file, original);
  });
});

describe("any bytes", () => {
  it("are read or told", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const { document, problems } = parseDocument(bytes, "x");
        expect(document !== undefined || problems.length > 0).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

describe("credentials", () => {
  const credential = fc.constantFrom(
    "glpat-xxxxxxxxxxxxxxxxxxxx",
    "hvs.CAESIxxxxxxxxxxxxxxxxxxx",
    "AKIAXXXXXXXXXXXXXXXX",
    "-----BEGIN RSA PRIVATE KEY----- xyz",
  );
  const line = fc.constantFrom(
    "schema: X",
    "displayName: X",
    "X: 1",
    "owner: X",
    "owner: { email: X }",
    "costCenter: &X 1",
    "profile: [X]",
    "profile: X",
    "environments: [X]",
    "formerName: X",
    "# X",
    "isolation: X",
    "a: !X 1",
    "lifecycle: { state: X }",
    "exceptions: [{ set: X }]",
  );

  it("are never printed, and always told", () => {
    const project = temporaryProject();
    fc.assert(
      fc.property(line, credential, (template, secret) => {
        project.write("tenants/team-c.yaml", `${template.replace("X", secret)}\n`);
        const lines = validateProject({ projectDir: project.dir, features: builtin, today: "2026-01-01" }).problems.map(
          formatProblem,
        );
        expect(lines.join("\n")).not.toContain(secret);
        expect(lines.some((text) => text.includes("K015"))).toBe(true);
      }),
    );
    project.remove();
  });

  it("leave no trace in redacted text", () => {
    fc.assert(
      fc.property(fc.string(), credential, fc.string(), (before, secret, after) => {
        const text = `${before} ${secret} ${after}`;
        expect(findCredentials(text)).not.toEqual([]);
        expect(redact(text)).not.toContain(secret);
      }),
    );
  });
});

describe("quantities", () => {
  const near = fc
    .tuple(
      fc.constantFrom("", "-", "0"),
      fc.integer({ min: 0, max: 10 ** 12 }),
      fc.constantFrom("", ".5", ".0001"),
      fc.constantFrom("", " ", "m", "k", "K", "Mi", "Mib", "GB", "gi", "E", "Ei", "e3"),
    )
    .map((parts) => parts.join(""));

  it("are either good or told why not, and the hint is a good one", () => {
    fc.assert(
      fc.property(fc.oneof(near, fc.string()), (text) => {
        const mistake = quantityMistake(text);
        expect(mistake === undefined).toBe(isQuantity(text));
        const hint = /did you mean "(.*)"\?/.exec(mistake?.remedy ?? "")?.[1];
        if (hint !== undefined) expect(() => canonicalQuantity(hint)).not.toThrow();
      }),
      { numRuns: 1000 },
    );
  });
});
