import { expect, it } from "vitest";
import { endOfSupport } from "../../config/end-of-support";
import { formatProblem } from "../../model/problem";
import { eks, eksSettings, threeClusters } from "../support/eks";

const places = { placeOf: (path: readonly (string | number)[]) => ({ file: path.join(".") }) };
const clusters = { ...threeClusters, dev: eks(20, { version: "1.36" }) };
const told = (today: string): string[] => endOfSupport(eksSettings({ clusters }), today, places).map(formatProblem);

it("a version that AWS leaves within 60 days is told of each cluster that has it, and stops nothing", () => {
  expect(told("2026-11-21")).toEqual([]);
  expect(told("2027-02-15")).toEqual(
    ["control-plane", "prod"].map(
      (name) =>
        `clusters.${name}.version: warning[A030]: standard support of Kubernetes 1.35 ends on 2027-03-27 (as of 2026-11-21); ` +
        "go to the next minor; AWS upgrades the cluster by itself when support has ended",
    ),
  );
});
