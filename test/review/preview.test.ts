import { describe, expect, it } from "vitest";
import { changesOf } from "../../review/changes";
import { parsePreview, UnreadablePreview } from "../../review/preview";
import { maskedValue, pathParts, valueAt } from "../../review/values";
import { recorded, recordedText } from "./recorded";

describe("parsePreview", () => {
  it("passes over what is no event, such as a plugin's own words", () => {
    const noisy = `npm warn something\n${recordedText("quota", "ndjson")}\nnot { json\n`;
    expect(parsePreview(noisy).steps).toEqual(recorded("quota").steps);
  });

  it("reads a document behind what the CLI said before it", () => {
    expect(parsePreview(`warning: an old CLI\n${recordedText("quota", "json")}`).steps.length).toBe(
      recorded("quota", "json").steps.length,
    );
  });

  it.each(["", "error: no stack named 'dev' found", "[]", "{}", '{"a":1}'])("refuses %j", (text) => {
    expect(() => parsePreview(text)).toThrow(UnreadablePreview);
  });

  it("knows that a preview broke off", () => {
    const events = recordedText("quota", "ndjson").split("\n");
    expect(parsePreview(events.join("\n")).whole).toBe(true);
    expect(parsePreview(events.filter((line) => !line.includes("summaryEvent")).join("\n")).whole).toBe(false);
    expect(recorded("broken").whole).toBe(false);
  });

  it("tells drift alike from both forms", () => {
    const drift = (form: "json" | "ndjson") =>
      changesOf(recorded("drift", form)).map(({ name, action, drift: found }) => [name, action, found]);
    expect(drift("ndjson")).toEqual([
      ["dev/team-a-dev/NetworkPolicy/default-deny", "create", "gone"],
      ["dev/team-a-dev/ResourceQuota/tenant", "update", "changed"],
    ]);
    expect(drift("json")).toEqual(drift("ndjson"));
  });
});

describe("a property's path", () => {
  it.each([
    ["spec.hard.pods", ["spec", "hard", "pods"]],
    ['spec.hard["requests.cpu"]', ["spec", "hard", "requests.cpu"]],
    ["rules[10].verbs[0]", ["rules", 10, "verbs", 0]],
    ['metadata.annotations["a\\"b"]', ["metadata", "annotations", 'a"b']],
    ['["a.b"].c', ["a.b", "c"]],
  ])("%s", (path, parts) => {
    expect(pathParts(path)).toEqual(parts);
  });

  it("leads into no prototype", () => {
    expect(valueAt({}, ["constructor", "name"])).toBeUndefined();
    expect(valueAt([1], ["length"])).toBeUndefined();
  });
});

describe("maskedValue", () => {
  const signature = "4dabf18193072939515e22adb298388d";
  it.each([
    ["a secret", { [signature]: "1b47061264138c4ac30d75fd1eb44270", plaintext: '"x"' }, "[secret]"],
    ["a secret output", { [signature]: "d0e6a833031e9bbcd3f4e8bde6ca49a4", value: "x", secret: true }, "[secret]"],
    ["a plain output", { [signature]: "d0e6a833031e9bbcd3f4e8bde6ca49a4", value: "x", dependencies: [] }, "x"],
    ["an asset", { [signature]: "c44067f5952c0a294b673a41bacd8c17", text: "x" }, "[a file or a reference]"],
    ["what is not known yet", "04da6b54-80e4-46f7-96ec-b56ff0331ba9", "[known after the run]"],
    ["deep inside", { a: [{ password: "x", ttl: 3 }] }, { a: [{ password: "[secret]", ttl: 3 }] }],
    ["a switch of a credential's name", { token: true }, { token: true }],
    ["nothing", null, null],
  ])("%s", (_what, value, expected) => {
    expect(maskedValue(value)).toEqual(expected);
  });
});
