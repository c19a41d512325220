import { setMaxListeners } from "node:events";

/** Signals that end a command on a person's or a CI job's word, and the exit code that a shell gives them. */
const signals = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

type Ending = keyof typeof signals;

/** The command was asked to end before it was done. */
export class Interruption extends Error {
  override readonly name = "Interruption";
  readonly exitCode: number;

  constructor(readonly signal: Ending) {
    super(`interrupted by ${signal}`);
    this.exitCode = signals[signal];
  }
}

/**
 * Runs work that cleans up behind itself. The first signal does not end the process: it aborts, with an
 * {@link Interruption} as reason, and the work ends what it began. A second one ends the process at once.
 */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  // Every request that is under way listens, and Node takes more than ten for a leak.
  setMaxListeners(0, controller.signal);
  let first = 0;
  const onSignal = (name: NodeJS.Signals): void => {
    const ending = name as Ending;
    if (!controller.signal.aborted) {
      first = Date.now();
      process.stderr.write(`\n${name}: ending what was begun; once more ends at once and leaves it\n`);
      controller.abort(new Interruption(ending));
      // One key press comes several times: from the terminal, from npm and from tsx.
    } else if (Date.now() - first > 1_000) process.exit(signals[ending]);
  };
  for (const name of Object.keys(signals)) process.on(name, onSignal);
  try {
    return await work(controller.signal);
  } finally {
    for (const name of Object.keys(signals)) process.removeListener(name, onSignal);
  }
}
