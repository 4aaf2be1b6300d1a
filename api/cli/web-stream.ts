/** A web stream of the bytes, read as they are asked for; what `fetch` sends and what decoders made for browsers read. */
export const webStream = (source: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array<ArrayBuffer>> => {
  const chunks = source[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull: async (controller) => {
      const chunk = await chunks.next();
      if (chunk.done === true) controller.close();
      else controller.enqueue(new Uint8Array(chunk.value));
    },
    cancel: async () => {
      await chunks.return?.();
    },
  });
};
