import { FlagSuite } from "../escape/flag-suite";
import { isolationPage, clusterPart, estatePart, flagsPart, partOf, writePart, type PagePart } from "../escape/report";
import { ClusterSuite } from "../escape/suite";
import { EstateSuite } from "../escape/estate-suite";
import { misread, readArguments } from "./arguments";
import { runCommand } from "./command";

const usage = "npm run escape [-- --part cluster|estate|flags]... [--record] [--write]";

/** What a stage found: its part of the page, and everything that was not as it must be. */
interface Stage {
  readonly part: PagePart;
  readonly content: string;
  readonly faults: readonly string[];
}

async function onCluster(record: boolean): Promise<Stage> {
  const suite = await ClusterSuite.start();
  try {
    if (record) console.log(`written: ${await suite.record()}`);
    const notRecorded = await suite.rightsNotAsRecorded();
    const { findings, faults } = await suite.all();
    return { part: "cluster", content: clusterPart(findings), faults: [...notRecorded, ...faults] };
  } finally {
    await suite.end();
  }
}

async function onEstate(): Promise<Stage> {
  const suite = await EstateSuite.start();
  try {
    const { cells, vault, faults } = await suite.all();
    return { part: "estate", content: estatePart(cells, vault), faults };
  } finally {
    await suite.end();
  }
}

async function onControllers(): Promise<Stage> {
  const suite = await FlagSuite.start();
  try {
    const { verdicts, outcomes, gaps, faults } = await suite.all();
    return { part: "flags", content: flagsPart(verdicts, outcomes, gaps), faults };
  } finally {
    await suite.end();
  }
}

/** Tries to get out of a home in every way that is known: 0 when all is refused, and 1 when something is not. */
async function escape(): Promise<number> {
  const {
    part: parts,
    record,
    write,
  } = readArguments(usage, {
    part: { type: "string", multiple: true },
    record: { type: "boolean", default: false },
    write: { type: "boolean", default: false },
  });
  const stages = { cluster: () => onCluster(record), estate: onEstate, flags: onControllers };
  const unknown = parts?.find((part) => !Object.keys(stages).includes(part));
  if (unknown !== undefined) throw misread(usage, `no part "${unknown}"`);
  let found = 0;
  for (const [name, stage] of Object.entries(stages)) {
    if (parts !== undefined && !parts.includes(name)) continue;
    const { part, content, faults } = await stage();
    console.log(`\n== ${part}\n\n${content}`);
    for (const fault of faults) console.error(fault);
    found += faults.length;
    if (write) writePart(part, content);
    else if (partOf(part) !== content) console.log(`\n${isolationPage} tells other figures: write them by --write`);
  }
  console.log(found === 0 ? "\nnothing got out" : `\n${String(found)} things are not as they must be`);
  return found === 0 ? 0 : 1;
}

void runCommand(escape);
