/** Requests that are under way at once. */
const width = 8;

/** Does the work for each item, some at a time; the answers are in the items' order. */
export async function inParallel<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const answers: R[] = [];
  const queue = items.map((item, index) => ({ item, index }));
  await Promise.all(
    Array.from({ length: width }, async () => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift())
        answers[next.index] = await work(next.item);
    }),
  );
  return answers;
}
