/**
 * Something a person can mend: told in one line as what, why and remedy, without a stack trace. The commands of the
 * sandbox print it and exit with 2.
 */
export class Complaint extends Error {
  constructor(what: string, why: string, remedy: string) {
    super(`${what}: ${why}; ${remedy}`);
    this.name = "Complaint";
  }
}

/** The text of whatever was thrown. */
export function reasonOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** Runs a command's body: a complaint becomes one line and exit code 2, anything else keeps its stack (it is our bug). */
export async function runCommand(body: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await body();
  } catch (thrown) {
    if (!(thrown instanceof Complaint)) throw thrown;
    process.stderr.write(`${thrown.message}\n`);
    process.exitCode = 2;
  }
}
