import { Complaint } from "@estate/sandbox/complaint";
import { createInterface } from "node:readline/promises";

/** One question to a person, asked again until the answer will do; an empty one takes the default. */
export type Ask = (
  question: string,
  otherwise?: string,
  wrong?: (answer: string) => string | undefined,
) => Promise<string>;

/** Asks on a pair of streams; a Complaint when the input ends before an answer. */
export async function asking<T>(
  input: NodeJS.ReadableStream,
  output: NodeJS.WritableStream,
  work: (ask: Ask) => Promise<T>,
): Promise<T> {
  const lines = createInterface({ input, output });
  const ended = new Promise<never>((_resolve, reject) => {
    lines.once("close", () => {
      reject(new Complaint("no answer", "the input ended", "nothing was written; give the rest by options"));
    });
  });
  // It is awaited with each question, and an end after the last one is nobody's business.
  ended.catch(() => undefined);
  const ask: Ask = async (question, otherwise = "", wrong = () => undefined) => {
    for (;;) {
      const prompt = `${question}${otherwise === "" ? "" : ` [${otherwise}]`}: `;
      const told = await Promise.race([lines.question(prompt), ended]);
      const answer = told.trim() === "" ? otherwise : told.trim();
      const why = answer === "" ? "an answer is needed" : wrong(answer);
      if (why === undefined) return answer;
      output.write(`  ${why}\n`);
    }
  };
  try {
    return await work(ask);
  } finally {
    lines.close();
  }
}

/** Asks on the terminal; undefined where nobody is there to answer. Questions go to stderr: stdout may be read by a program. */
export function onTerminal<T>(work: (ask: Ask | undefined) => Promise<T>): Promise<T> {
  return process.stdin.isTTY && process.stdout.isTTY ? asking(process.stdin, process.stderr, work) : work(undefined);
}
