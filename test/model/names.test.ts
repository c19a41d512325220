import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { labelValue } from "../../model/labels";
import * as names from "../../model/names";

const tenant = fc.stringMatching(names.tenantNamePattern).filter((name) => name.length <= names.tenantNameLength);
const environment = fc.stringMatching(names.environmentNamePattern);

describe("names", () => {
  it("of two homes never meet", () => {
    fc.assert(
      fc.property(tenant, environment, tenant, environment, (a, x, b, y) => {
        fc.pre(a !== b || x !== y);
        expect(names.namespaceName(a, x)).not.toBe(names.namespaceName(b, y));
        expect(names.secretFolder(a, x)).not.toBe(names.secretFolder(b, y));
        // No folder is the beginning of another's, once the slash that every policy writes stands behind it.
        expect(`${names.secretFolder(a, x)}/`.startsWith(`${names.secretFolder(b, y)}/`)).toBe(false);
      }),
    );
  });

  it("of two clusters' policies never meet", () => {
    fc.assert(
      fc.property(tenant, tenant, tenant, tenant, (c, h, d, i) => {
        fc.pre(c !== d || h !== i);
        expect(names.secretPolicyName("acme", c, h)).not.toBe(names.secretPolicyName("acme", d, i));
      }),
    );
  });

  it("stay within what Kubernetes and Helm take", () => {
    const longest = names.namespaceName("a".repeat(names.tenantNameLength), "a".repeat(10));
    expect(longest.length).toBeLessThanOrEqual(53);
    expect(`vcluster-${longest}`.length).toBeLessThanOrEqual(63);
  });

  it.each(["kube-public", "flux-system", "vcluster-x", "default"])("%s is reserved", (name) => {
    expect(names.isReserved(name)).toBe(true);
  });

  it("a label value is one, whatever the text", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(labelValue(text)).toMatch(/^([A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?$/);
      }),
    );
    expect(labelValue("payments@example.com")).toBe("payments_at_example.com");
  });
});
