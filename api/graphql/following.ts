/**
 * An iteration that ends at once when its reader goes away. A generator alone cannot: while it waits for the next event,
 * `return` waits behind it, and the subscription below would stay open until something happens.
 */
export const following = <Item>(
  connection: AbortSignal,
  generate: (signal: AbortSignal) => AsyncGenerator<Item, void>,
): AsyncIterableIterator<Item> => {
  const ending = new AbortController();
  const end = () => ending.abort();
  if (connection.aborted) end();
  connection.addEventListener("abort", end, { once: true });
  const items = generate(ending.signal);

  const closed = async (): Promise<IteratorResult<Item, void>> => {
    connection.removeEventListener("abort", end);
    end();
    return items.return();
  };

  const next = async (): Promise<IteratorResult<Item, void>> => {
    const item = await items.next();
    if (item.done === true) connection.removeEventListener("abort", end);
    return item;
  };
  const iterator = { next, return: closed, [Symbol.asyncIterator]: () => iterator };
  return iterator;
};
