import { Complaint } from "@estate/sandbox";
import { EstateError } from "../model/problem";

/** Runs a command's body: a user's mistake is one report and exit code 2; anything else is our bug and keeps its stack. */
export async function runCommand(body: () => Promise<number | undefined>): Promise<void> {
  try {
    process.exitCode = (await body()) ?? 0;
  } catch (thrown) {
    if (!(thrown instanceof EstateError) && !(thrown instanceof Complaint)) throw thrown;
    process.stderr.write(`${thrown.message}\n`);
    process.exitCode = 2;
  }
}
