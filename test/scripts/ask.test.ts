import { existsSync } from "node:fs";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Ask, asking } from "../../scripts/estate/ask";
import { addTenant } from "../../scripts/estate/tenant-add";
import { type TemporaryProject, temporaryProject } from "../support/projects";

/** A person who answers each question with the next of these, and then goes; what the person saw is told. */
async function answering<T>(answers: readonly string[], work: (ask: Ask) => Promise<T>) {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const left = [...answers];
  let seen = "";
  output.on("data", (chunk: Buffer) => {
    seen += chunk.toString();
    if (!/: $/.test(seen)) return;
    const next = left.shift();
    if (next === undefined) input.end();
    else input.write(`${next}\n`);
  });
  const result = await asking(input, output, work).then(
    (value) => ({ value }),
    (thrown: unknown) => ({ thrown: thrown instanceof Error ? thrown.message : String(thrown) }),
  );
  return { ...result, seen, unused: left };
}

describe("a question", () => {
  it("takes what is answered, without blanks around it", async () => {
    expect(await answering(["  Search "], (ask) => ask("Name"))).toEqual({
      value: "Search",
      seen: "Name: ",
      unused: [],
    });
  });

  it("takes its default for an empty answer, and shows it", async () => {
    expect(await answering([""], (ask) => ask("Name", "Search"))).toMatchObject({
      value: "Search",
      seen: "Name [Search]: ",
    });
  });

  it("comes again until the answer will do, and says why", async () => {
    const wrong = (answer: string): string | undefined => (answer === "a b" ? "no blank" : undefined);
    expect(await answering(["", "a b", "ab"], (ask) => ask("Name", "", wrong))).toEqual({
      value: "ab",
      seen: "Name:   an answer is needed\nName:   no blank\nName: ",
      unused: [],
    });
  });

  it("is not waited for when nobody is there any more", async () => {
    expect(await answering([], (ask) => ask("Name"))).toMatchObject({
      thrown: expect.stringContaining("the input ended") as string,
    });
  });
});

describe("a new tenant", () => {
  let project: TemporaryProject;
  beforeEach(() => {
    project = temporaryProject();
    vi.spyOn(process.stdout, "write").mockReturnValue(true);
  });
  afterEach(() => {
    vi.restoreAllMocks();
    project.remove();
  });
  const add = (answers: readonly string[], ...args: readonly string[]) =>
    answering(answers, (ask) => addTenant(args, project.dir, ask));

  it("is asked for what no option says: its name until it has the form, a display name made of it, and an address", async () => {
    const told = await add(["Search_2", "search-two", "", "s@example.com"]);
    expect(told).toMatchObject({ value: 0, unused: [] });
    expect(told.seen).toMatch(
      /^Name \(a-z, 0-9, -\): {3}tenants\/Search_2\.yaml: error\[N00\d\]: .*\nName \(a-z, 0-9, -\): Name as people write it \[Search Two\]: E-mail of who answers for it: $/,
    );
    expect(project.read("tenants/search-two.yaml")).toBe(
      [
        "# yaml-language-server: $schema=./tenant.schema.json",
        "schema: 1",
        "displayName: Search Two",
        "owner: { email: s@example.com }",
        "",
      ].join("\n"),
    );
  });

  it("is asked nothing that is given", async () => {
    const given = ["search", "--display-name", "Search", "--owner", "s@example.com", "--profile", "large"];
    expect(await add([], ...given)).toEqual({ value: 0, seen: "", unused: [] });
    expect(project.read("tenants/search.yaml")).toContain("profile: large\n");
    expect(await add(["Find", "f@example.com"], "find")).toMatchObject({
      value: 0,
      seen: "Name as people write it [Find]: E-mail of who answers for it: ",
    });
  });

  it("is not written when an answer is wrong for the loader, or the person goes", async () => {
    expect(await add(["search", "", "nobody"])).toMatchObject({
      thrown: expect.stringMatching(/tenants\/search\.yaml:4:\d+: error\[\w+\]: .*nobody/) as string,
    });
    expect(await add(["search", ""])).toMatchObject({ thrown: expect.stringContaining("no answer") as string });
    expect(existsSync(join(project.dir, "tenants/search.yaml"))).toBe(false);
  });
});
