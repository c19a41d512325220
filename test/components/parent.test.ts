import { describe, expect, it } from "vitest";
import { Estate } from "../../components/estate";
import { access, plan, settings, tenant } from "../support/fixtures";
import { liveGroup, record, type Registration } from "../support/monitor";

const raise = (gitlab: Record<string, unknown>): Promise<readonly Registration[]> =>
  record(
    () =>
      new Estate(
        "acme",
        { plan: plan([tenant("team-a", { applications: [{ name: "web" }] })], settings({ gitlab })), access },
        {},
      ),
  );

const url = "https://gitlab.example.com";

describe("a parent group that is named by its number", () => {
  it("holds the platform's group first, and everything else takes its number from there", async () => {
    const resources = await raise({ url, parent: liveGroup.path, parentId: liveGroup.id });
    const byName = (name: string) => resources.find((resource) => resource.name === name);
    expect(resources.filter(({ name }) => name.startsWith("gitlab-parent"))).toEqual([]);
    const platform = byName("gitlab-platform")?.urn;
    expect(byName("gitlab/team-a")).toMatchObject({
      inputs: { parentId: liveGroup.id },
      dependencies: expect.arrayContaining([platform]),
    });
    expect(byName("vault-pipelines")?.dependencies).toContain(platform);
  });

  // That another path than the settings say stops the run is shown in test/e2e/two-estates.test.ts: here, nobody takes the
  // rejections of all the resources that wait for it.
});
