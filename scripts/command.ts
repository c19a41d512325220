import { Complaint } from "@estate/sandbox/complaint";
import { EstateError } from "../model/problem";
import { Interruption } from "./interrupt";

/**
 * Runs a command's body: a user's mistake is one report and exit code 2, an interruption has the shell's code for its
 * signal; anything else is our bug and keeps its stack.
 */
export async function runCommand(body: () => number | Promise<number>): Promise<void> {
  try {
    process.exitCode = await body();
  } catch (thrown) {
    const expected = thrown instanceof EstateError || thrown instanceof Complaint || thrown instanceof Interruption;
    if (!expected) throw thrown;
    process.stderr.write(`${thrown.message}\n`);
    process.exitCode = thrown instanceof Interruption ? thrown.exitCode : 2;
  }
}
