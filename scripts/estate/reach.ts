import { formatAddress, parseRange, type AddressRange } from "../../model/network/address";
import { passes, type End, type Opening, type Port, type Protocol } from "../../model/network/policy";
import { partsOf, passages, reach, type Networks, type Passage } from "../../model/network/reach";
import { networksOf, podsOf } from "../../plan/reach";
import type { EstatePlan } from "../../plan/plan";
import { misread, readOperands } from "../arguments";
import { columns, print, type Command } from "./command";
import { stackPlan } from "./stack-plan";

const usage =
  "estate reach <tenant>/<environment>|<address or block> <tenant>/<environment>|<address or block> [--port <number>] [--protocol tcp|udp|sctp] [--stack <name>] [--json]";

/** One end of those that a word names. */
interface Named {
  /** What a person reads: a home's namespace, or addresses. */
  readonly name: string | AddressRange;
  readonly end: End;
}

/** What is asked between two ends, answered. */
export interface Reached {
  readonly from: string;
  readonly to: string;
  /** Empty where nothing passes. */
  readonly passages: readonly Passage[];
  /** Where nothing passes: which end's namespace keeps it. */
  readonly shut: readonly string[];
}

function textOf(name: Named["name"]): string {
  if (typeof name === "string") return name;
  const [one, other] = [name.first, name.last].map((number) => formatAddress({ family: name.family, number }));
  return one === other ? String(one) : `${String(one)} to ${String(other)}`;
}

/** The ends that a word names; undefined when it names neither a home of the plan nor addresses. */
export function endsOf(plan: EstatePlan, networks: Networks, word: string, side: "from" | "to"): Named[] | undefined {
  const range = parseRange(word);
  if (range !== undefined) return partsOf(networks, range).map(({ one, part }) => ({ name: part, end: one }));
  const [tenant, environment, ...more] = word.split("/");
  const all = [...plan.tenants, ...plan.sandboxes.map(({ name, home }) => ({ name, homes: [home] }))];
  const own = all.find(({ name }) => name === tenant);
  const homes = (own?.homes ?? []).filter((home) => home.environment === environment);
  if (homes.length === 0 || more.length > 0) return undefined;
  return homes.flatMap((home) =>
    podsOf(home, side).map(({ what, pod }) => ({
      name: `${home.cluster}/${home.namespace.metadata.name}${what === undefined ? "" : ` (${what})`}`,
      end: pod,
    })),
  );
}

function answer(networks: Networks, from: Named, to: Named, port?: Port): Pick<Reached, "passages" | "shut"> {
  const open = passages(networks, from.end, to.end).filter(
    ({ protocol, first, last }) =>
      port === undefined || (protocol === port.protocol && first <= port.port && port.port <= last),
  );
  if (open.length > 0) return { passages: open, shut: [] };
  const { egress, ingress } = reach(networks, from.end, to.end, port ?? { protocol: "TCP", port: 1 });
  const keeps = (side: Opening | undefined): boolean => side !== undefined && !passes(side);
  return {
    passages: [],
    shut: [
      ...(keeps(egress) ? [`nothing lets it out of ${textOf(from.name)}`] : []),
      ...(keeps(ingress) ? [`nothing lets it into ${textOf(to.name)}`] : []),
    ],
  };
}

/** Two parts of a block that lie beside each other, as one. */
function joined(one: Named["name"], other: Named["name"]): Named["name"] | undefined {
  if (typeof one === "string" || typeof other === "string") return one === other ? one : undefined;
  if (one.first === other.first && one.last === other.last) return one;
  return one.last + 1n === other.first ? { ...one, last: other.last } : undefined;
}

/** Everything between the two, a line for each pair; parts of a block for which the same holds are one. */
export function reachedBetween(
  networks: Networks,
  froms: readonly Named[],
  tos: readonly Named[],
  port?: Port,
): Reached[] {
  interface Row extends Pick<Reached, "passages" | "shut"> {
    readonly from: Named["name"];
    readonly to: Named["name"];
  }
  const rows: Row[] = [];
  for (const from of froms)
    for (const to of tos) {
      const own = answer(networks, from, to, port);
      const at = rows.findIndex(
        (row) =>
          joined(row.from, from.name) !== undefined &&
          joined(row.to, to.name) !== undefined &&
          JSON.stringify([row.passages, row.shut]) === JSON.stringify([own.passages, own.shut]),
      );
      const row = rows[at];
      const [first, last] = [row && joined(row.from, from.name), row && joined(row.to, to.name)];
      if (first === undefined || last === undefined) rows.push({ from: from.name, to: to.name, ...own });
      else rows[at] = { ...own, from: first, to: last };
    }
  return rows.map(({ from, to, ...own }) => ({ from: textOf(from), to: textOf(to), ...own }));
}

/** Ports that lie beside each other as one row, whichever policies open them. */
function rowsOf(all: readonly Passage[]): Pick<Passage, "protocol" | "first" | "last">[] {
  return all.reduce<Pick<Passage, "protocol" | "first" | "last">[]>((rows, { protocol, first, last }) => {
    const before = rows.at(-1);
    return before?.protocol === protocol && before.last === first - 1
      ? [...rows.slice(0, -1), { ...before, last }]
      : [...rows, { protocol, first, last }];
  }, []);
}

function portsText(all: readonly Passage[]): string {
  const rows = rowsOf(all);
  const isWhole = ({ first, last }: (typeof rows)[number]): boolean => first === 1 && last === 65_535;
  if (rows.length === 3 && rows.every(isWhole)) return "all ports";
  return rows
    .map((row) => {
      const { protocol, first, last } = row;
      if (isWhole(row)) return `all ${protocol}`;
      return `${protocol} ${String(first)}${first === last ? "" : `-${String(last)}`}`;
    })
    .join(", ");
}

const byText = (all: readonly Passage[], side: "out" | "into"): string =>
  [...new Set(all.flatMap((passage) => passage[side]))].sort().join(", ") || "-";

/** The answer for a terminal. */
export function reachedText(all: readonly Reached[], asked?: Port): string {
  const open = all.filter((each) => each.passages.length > 0);
  const what = asked === undefined ? "" : ` on ${asked.protocol} ${String(asked.port)}`;
  const shut = all.filter((each) => each.passages.length === 0);
  return [
    ...(open.length === 0
      ? []
      : [
          columns([
            ["from", "to", "open", "let out by", "let in by"],
            ...open.map(({ from, to, passages: own }) => [
              from,
              to,
              asked === undefined ? portsText(own) : `${asked.protocol} ${String(asked.port)}`,
              byText(own, "out"),
              byText(own, "into"),
            ]),
          ]),
        ]),
    ...shut.map(({ from, to, shut: why }) => `shut${what}: ${from} -> ${to}: ${why.join("; ")}`),
  ].join("\n");
}

function portAsked(port: string | undefined, protocol: string): Port | undefined {
  const known = ({ tcp: "TCP", udp: "UDP", sctp: "SCTP" } as const satisfies Record<string, Protocol>)[
    protocol.toLowerCase() as "tcp"
  ] as Protocol | undefined;
  if (known === undefined) throw misread(usage, `no protocol "${protocol}"`);
  if (port === undefined) return undefined;
  const number = Number(port);
  if (!/^[1-9]\d{0,4}$/.test(port) || number > 65_535) throw misread(usage, `"${port}" is no port: write 1 to 65535`);
  return { protocol: known, port: number };
}

/** Whether one home may reach another, or an address: 0 when it may by some way, 3 when it may not. */
export const reachCommand: Command = {
  name: "reach",
  usage,
  summary: "whether one home may reach another or an address, by the network rules (exit code 3 when it may not)",
  run: (args) => {
    const { values, operands } = readOperands(
      usage,
      {
        stack: { type: "string", default: "dev" },
        port: { type: "string" },
        protocol: { type: "string", default: "tcp" },
        json: { type: "boolean", default: false },
      },
      ["from", "to"],
      args,
    );
    const port = portAsked(values.port, values.protocol);
    if (parseRange(operands.from) !== undefined && parseRange(operands.to) !== undefined)
      throw misread(usage, "one end at least is a tenant's: no rule of the estate holds between addresses");
    const plan = stackPlan(process.cwd(), values.stack);
    const networks = networksOf(plan);
    const ends = (side: "from" | "to"): Named[] => {
      const found = endsOf(plan, networks, operands[side], side);
      if (found !== undefined) return found;
      throw misread(
        usage,
        `"${operands[side]}" is neither a tenant in an environment (payments/dev), nor a sandbox (sandbox-ada/sandbox), nor an address`,
      );
    };
    const all = reachedBetween(networks, ends("from"), ends("to"), port);
    print(values.json ? JSON.stringify(all, undefined, 2) : reachedText(all, port));
    return all.some(({ passages: own }) => own.length > 0) ? 0 : 3;
  },
};
