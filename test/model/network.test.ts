import { describe, expect, it } from "vitest";
import type { KubernetesObject } from "../../model/kubernetes";
import { formatAddress, isIn, parseAddress, parseRange, type Address } from "../../model/network/address";
import { passes, type End, type Pod, type Protocol } from "../../model/network/policy";
import { partsOf, passages, reach, type Networks } from "../../model/network/reach";
import { matches } from "../../model/network/selector";

const address = (text: string): Address => {
  const parsed = parseAddress(text);
  if (parsed === undefined) throw new Error(`no address: ${text}`);
  return parsed;
};

describe("addresses", () => {
  it.each([
    ["10.0.0.1", "10.0.0.1"],
    ["255.255.255.255", "255.255.255.255"],
    ["::1", "::1"],
    ["FD00:0EC2:0::254", "fd00:ec2::254"],
    ["2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
    ["::", "::"],
    // What is sent to such an address goes to the IPv4 one.
    ["::ffff:169.254.169.254", "169.254.169.254"],
  ])("%s is read, and written as %s", (text, written) => {
    expect(formatAddress(address(text))).toBe(written);
  });

  it.each([
    "",
    "10.0.0",
    "10.0.0.256",
    "10.0.0.01",
    "1::2::3",
    "12345::",
    "fd00",
    "host",
    "10.0.0.1]",
    "::1]/x",
    "1:2",
  ])("%j is none", (text) => {
    expect(parseAddress(text)).toBeUndefined();
  });

  it("are in a block from its first to its last, and in none of the other family", () => {
    const block = parseRange("10.1.0.0/16");
    if (block === undefined) throw new Error("no block");
    const inside = ["10.1.0.0", "10.1.255.255", "10.0.255.255", "10.2.0.0", "::a01:0"].map((one) =>
      isIn(address(one), block),
    );
    expect(inside).toEqual([true, true, false, false, false]);
    expect(parseRange("10.1.2.3/16")).toEqual(block);
    expect(["10.0.0.0/33", "10.0.0.0/", "::/129", "10.0.0.0/08"].map(parseRange)).toEqual(Array(4).fill(undefined));
    expect(parseRange("::/0")).toEqual({ family: 6, first: 0n, last: 2n ** 128n - 1n });
  });
});

describe("label selectors", () => {
  const labels = { app: "web", tier: "front" };
  it.each([
    [{}, true],
    [{ matchLabels: { app: "web" } }, true],
    [{ matchLabels: { app: "web", tier: "back" } }, false],
    [{ matchExpressions: [{ key: "app", operator: "In", values: ["db", "web"] }] }, true],
    [{ matchExpressions: [{ key: "app", operator: "NotIn", values: ["web"] }] }, false],
    // Kubernetes: who lacks the label is selected by NotIn.
    [{ matchExpressions: [{ key: "none", operator: "NotIn", values: ["web"] }] }, true],
    [{ matchExpressions: [{ key: "none", operator: "In", values: ["web"] }] }, false],
    [{ matchExpressions: [{ key: "app", operator: "Exists" }] }, true],
    [{ matchExpressions: [{ key: "app", operator: "DoesNotExist" }] }, false],
    [{ matchLabels: { app: "web" }, matchExpressions: [{ key: "tier", operator: "DoesNotExist" }] }, false],
  ])("%j", (selector, selected) => {
    expect(matches(selector, labels)).toBe(selected);
  });

  it("know no other operator, and no label of every object", () => {
    expect(() => matches({ matchExpressions: [{ key: "a", operator: "Gt" }] }, labels)).toThrow("no operator Gt");
    expect(matches({ matchLabels: { toString: "x" } }, labels)).toBe(false);
  });
});

const pod = (namespace: string, labels: Record<string, string> = {}, change: Partial<Pod> = {}): Pod => ({
  cluster: "one",
  namespace,
  name: JSON.stringify(labels),
  labels,
  addresses: [address("10.9.0.5")],
  ...change,
});
const policy = (namespace: string, name: string, spec: unknown): KubernetesObject => ({
  apiVersion: "networking.k8s.io/v1",
  kind: "NetworkPolicy",
  metadata: { namespace, name },
  spec: spec as KubernetesObject["metadata"],
});
const world = (...policies: KubernetesObject[]): Networks =>
  new Map([
    [
      "one",
      {
        namespaces: new Map([
          ["a", { team: "a" }],
          ["b", { team: "b" }],
          ["c", { team: "b" }],
        ]),
        policies,
      },
    ],
    ["two", { namespaces: new Map(), policies: [] }],
  ]);
const open = (networks: Networks, from: End, to: End, port = 80, protocol: Protocol = "TCP"): boolean =>
  reach(networks, from, to, { port, protocol }).open;

const [web, client] = [pod("a", { app: "web" }), pod("b", { app: "client" })];
const ingress = (rules: unknown, more: Record<string, unknown> = {}): KubernetesObject =>
  policy("a", "own", { podSelector: {}, ingress: rules, ...more });
const egress = (rules: unknown, more: Record<string, unknown> = {}): KubernetesObject =>
  policy("b", "own", { podSelector: {}, policyTypes: ["Egress"], egress: rules, ...more });

describe("network policies mean what Kubernetes says", () => {
  it("no policy: everything is open; a policy of another namespace or another pod changes nothing", () => {
    expect(open(world(), client, web)).toBe(true);
    expect(open(world(policy("b", "other", { podSelector: {} })), client, web)).toBe(true);
    expect(open(world(policy("a", "other", { podSelector: { matchLabels: { app: "db" } } })), client, web)).toBe(true);
  });

  it("one that selects a pod and opens nothing shuts its direction, and only that", () => {
    const shut = world(policy("a", "deny", { podSelector: {} }));
    expect([open(shut, client, web), open(shut, web, client)]).toEqual([false, true]);
  });

  it("without policyTypes it holds for ingress, and for egress where it has rules for it", () => {
    const silent = policy("a", "p", { podSelector: {}, egress: [{ to: [{ podSelector: {} }] }] });
    expect([open(world(silent), client, web), open(world(silent), web, client)]).toEqual([false, false]);
    const empty = policy("a", "p", { podSelector: {}, egress: [] });
    expect([open(world(empty), client, web), open(world(empty), web, client)]).toEqual([false, true]);
    const egressOnly = policy("a", "p", { podSelector: {}, policyTypes: ["Egress"] });
    expect([open(world(egressOnly), client, web), open(world(egressOnly), web, client)]).toEqual([true, false]);
    // Rules of a direction that it does not hold for open nothing and shut nothing.
    const other = ingress([], { policyTypes: ["Egress"] });
    expect(open(world(other), client, web)).toBe(true);
  });

  it.each([
    ["a rule without peers", [{}], true],
    ["a rule with no peers in its list", [{ from: [] }], true],
    ["pods of the own namespace", [{ from: [{ podSelector: {} }] }], false],
    ["all namespaces", [{ from: [{ namespaceSelector: {} }] }], true],
    ["a namespace by its label", [{ from: [{ namespaceSelector: { matchLabels: { team: "b" } } }] }], true],
    ["another namespace", [{ from: [{ namespaceSelector: { matchLabels: { team: "a" } } }] }], false],
    [
      "a namespace by its name, which the API server writes as a label",
      [{ from: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "b" } } }] }],
      true,
    ],
    [
      "namespace and pod in one peer: both must fit (they do)",
      [{ from: [{ namespaceSelector: {}, podSelector: { matchLabels: { app: "client" } } }] }],
      true,
    ],
    [
      "namespace and pod in one peer: both must fit (the pod does not)",
      [{ from: [{ namespaceSelector: {}, podSelector: { matchLabels: { app: "other" } } }] }],
      false,
    ],
    [
      "namespace and pod in two peers: one is enough",
      [{ from: [{ namespaceSelector: {} }, { podSelector: { matchLabels: { app: "other" } } }] }],
      true,
    ],
    ["two rules: one is enough", [{ ports: [{ port: 1 }] }, {}], true],
  ])("ingress from %s", (_, rules, expected) => {
    expect(open(world(ingress(rules)), client, web)).toBe(expected);
  });

  it("policies add up", () => {
    const [deny, allow] = [policy("a", "deny", { podSelector: {} }), ingress([{ from: [{ namespaceSelector: {} }] }])];
    expect(reach(world(deny, allow), client, web, { port: 80, protocol: "TCP" })).toEqual({
      open: true,
      egress: { held: false, by: [] },
      ingress: { held: true, by: ["own"] },
    });
  });

  it.each([
    ["a number", [{ port: 80 }], [80], [79, 81]],
    ["a range", [{ port: 8000, endPort: 8002 }], [8000, 8001, 8002], [7999, 8003]],
    ["none: all", [{}], [1, 65_535], []],
    ["no list: all", undefined, [1, 65_535], []],
    ["an empty list: all", [], [1, 65_535], []],
    ["a name, as the pod that is connected to has it", [{ port: "http" }], [8080], [80]],
    ["a name that the pod has not", [{ port: "metrics" }], [], [80, 8080]],
  ])("ports by %s", (_, ports, inside, outside) => {
    const target = pod("a", { app: "web" }, { ports: { http: { port: 8080, protocol: "TCP" } } });
    const rule = ports === undefined ? {} : { ports };
    for (const networks of [
      world(ingress([{ from: [{ namespaceSelector: {} }], ...rule }])),
      world(egress([{ to: [{ namespaceSelector: {} }], ...rule }])),
    ]) {
      expect(inside.filter((port) => !open(networks, client, target, port))).toEqual([]);
      expect(outside.filter((port) => open(networks, client, target, port))).toEqual([]);
    }
  });

  it("a port is TCP's where nothing else is said, and a name's protocol counts", () => {
    const networks = world(ingress([{ ports: [{ port: 53 }, { port: 53, protocol: "UDP" }] }]));
    const answers = (["TCP", "UDP", "SCTP"] as const).map((protocol) => open(networks, client, web, 53, protocol));
    expect(answers).toEqual([true, true, false]);
    const named = world(ingress([{ ports: [{ port: "dns" }] }]));
    const target = pod("a", {}, { ports: { dns: { port: 53, protocol: "UDP" } } });
    expect(open(named, client, target, 53, "UDP")).toBe(false);
    expect(open(named, client, target, 53, "TCP")).toBe(false);
  });

  it("a name is any port of a pod whose names nobody knows, and none of an address", () => {
    expect(open(world(ingress([{ ports: [{ port: "http" }] }])), client, web, 4711)).toBe(true);
    expect(open(world(egress([{ ports: [{ port: "http" }] }])), client, address("192.0.2.1"))).toBe(false);
  });

  it.each([
    ["192.0.2.1", true],
    ["192.0.2.64", false],
    ["192.0.2.127", false],
    ["192.0.2.128", true],
    ["192.0.3.1", false],
    ["2001:db8::1", true],
    ["2001:db9::1", false],
  ])("blocks of addresses without their exceptions: %s", (text, expected) => {
    const to = [
      { ipBlock: { cidr: "192.0.2.0/24", except: ["192.0.2.64/26"] } },
      { ipBlock: { cidr: "2001:db8::/32" } },
    ];
    expect(open(world(egress([{ to }])), client, address(text))).toBe(expected);
    const inbound = world(ingress([{ from: to }]));
    expect(open(inbound, address(text), web)).toBe(expected);
  });

  it("pods count by their addresses, too: the answer is never safer than a plugin that does so", () => {
    const to = [{ ipBlock: { cidr: "10.9.0.0/16" } }];
    expect(open(world(egress([{ to }])), client, web)).toBe(true);
    expect(open(world(egress([{ to: [{ ipBlock: { cidr: "10.8.0.0/16" } }] }])), client, web)).toBe(false);
  });

  it("a pod of another cluster is an address and has no labels here", () => {
    const far = pod("b", { app: "client" }, { cluster: "two" });
    expect(open(world(ingress([{ from: [{ namespaceSelector: {} }] }])), far, web)).toBe(false);
    expect(open(world(ingress([{ from: [{ ipBlock: { cidr: "10.0.0.0/8" } }] }])), far, web)).toBe(true);
  });

  it("a pod reaches itself whatever holds, and its twin only by a rule", () => {
    const shut = world(policy("a", "deny", { podSelector: {}, policyTypes: ["Ingress", "Egress"] }));
    expect(open(shut, web, web)).toBe(true);
    expect(open(shut, web, { ...web, name: "twin" })).toBe(false);
  });

  it("what the API server would refuse is told, and not taken for an answer", () => {
    const asked = (peer: unknown) => () => open(world(ingress([{ from: [peer] }])), client, web);
    expect(asked({})).toThrow("a peer that says nothing");
    expect(asked({ ipBlock: { cidr: "10.0.0.0/8" }, podSelector: {} })).toThrow("as one peer");
    expect(asked({ ipBlock: { cidr: "10.0.0/8" } })).toThrow("no block of addresses");
    expect(() => open(world(), pod("a", {}, { cluster: "three" }), web)).toThrow("no cluster three");
  });
});

describe("all ports, and all addresses", () => {
  it("are told by where the answer changes, as asking each of them would", () => {
    const networks = world(
      ingress([{ from: [{ namespaceSelector: {} }], ports: [{ port: 80 }, { port: 8000, endPort: 8010 }] }]),
      policy("a", "second", {
        podSelector: {},
        ingress: [{ ports: [{ port: 8005, endPort: 65_535 }, { protocol: "UDP" }] }],
      }),
    );
    const found = passages(networks, client, web);
    expect(found.map(({ protocol, first, last, into }) => `${protocol} ${first}-${last} ${into.join("+")}`)).toEqual([
      "TCP 80-80 own",
      "TCP 8000-8004 own",
      "TCP 8005-8010 own+second",
      "TCP 8011-65535 second",
      "UDP 1-65535 second",
    ]);
    for (const port of [1, 79, 80, 81, 7999, 8000, 8005, 8010, 8011, 65_535])
      expect(found.some(({ protocol, first, last }) => protocol === "TCP" && first <= port && port <= last)).toBe(
        open(networks, client, web, port),
      );
  });

  it("are cut at the edges of blocks, and each part has one answer", () => {
    const networks = world(egress([{ to: [{ ipBlock: { cidr: "0.0.0.0/0", except: ["10.0.0.0/8"] } }] }]));
    const parts = partsOf(networks, { family: 4, first: 0n, last: 2n ** 32n - 1n });
    const text = parts.map(({ one, part }) => [
      formatAddress(one),
      formatAddress({ family: 4, number: part.last }),
      open(networks, client, one),
    ]);
    expect(text).toEqual([
      ["0.0.0.0", "9.255.255.255", true],
      ["10.0.0.0", "10.255.255.255", false],
      ["11.0.0.0", "255.255.255.255", true],
    ]);
  });
});

it("an end that nothing holds passes", () => {
  expect([passes({ held: false, by: [] }), passes({ held: true, by: [] }), passes({ held: true, by: ["x"] })]).toEqual([
    true,
    false,
    true,
  ]);
});
