/** One thing under way. */
export interface Task {
  /** What it is doing at the moment; shown, never kept. */
  detail(text: string): void;
  /** Ends it with one line that stays; an empty text leaves none. */
  end(text: string): void;
}

/** Where long work tells how far it is. */
export interface Reporter {
  begin(title: string): Task;
  /** One line that stays. */
  line(text: string): void;
}

interface LiveTask {
  title: string;
  detail: string;
  began: number;
}

/** Tells nothing: for tests and for commands whose output is read by machines. */
export const silent: Reporter = {
  begin: () => ({ detail: () => undefined, end: () => undefined }),
  line: () => undefined,
};

/** Progress on stderr: a refreshed line on a terminal, a line every 15 s elsewhere. */
export class Progress implements Reporter {
  private readonly tasks = new Set<LiveTask>();
  private timer: NodeJS.Timeout | undefined;
  private shown = false;

  constructor(private readonly stream: NodeJS.WriteStream = process.stderr) {}

  begin(title: string): Task {
    const task: LiveTask = { title, detail: "", began: Date.now() };
    this.tasks.add(task);
    this.timer ??= setInterval(() => this.tick(), this.stream.isTTY ? 500 : 15_000).unref();
    return {
      detail: (text) => {
        task.detail = text;
      },
      end: (text) => {
        if (!this.tasks.delete(task)) return;
        if (text !== "") this.line(`${text} (${elapsed(Date.now() - task.began)})`);
        if (this.tasks.size === 0) this.rest();
      },
    };
  }

  line(text: string): void {
    this.clear();
    this.stream.write(`${text}\n`);
  }

  private tick(): void {
    const now = Date.now();
    const texts = [...this.tasks].map(
      (task) => `${task.title}, ${elapsed(now - task.began)}${task.detail === "" ? "" : ` (${task.detail})`}`,
    );
    if (!this.stream.isTTY) {
      for (const text of texts) this.stream.write(`... ${text}\n`);
      return;
    }
    this.clear();
    this.stream.write(texts.join("; ").slice(0, Math.max(20, (this.stream.columns || 80) - 1)));
    this.shown = true;
  }

  private clear(): void {
    if (this.shown) this.stream.write("\r\u001b[K");
    this.shown = false;
  }

  private rest(): void {
    clearInterval(this.timer);
    this.timer = undefined;
    this.clear();
  }
}

/** `850ms`, `12s`, `3m05s`. */
export function elapsed(ms: number): string {
  if (ms < 1_000) return `${String(Math.round(ms))}ms`;
  const seconds = Math.floor(ms / 1_000);
  if (seconds < 60) return `${String(seconds)}s`;
  return `${String(Math.floor(seconds / 60))}m${String(seconds % 60).padStart(2, "0")}s`;
}
