import type { Client } from "./client.ts";

/** What arrives over server-sent events: each `next` as its parsed result. */
export async function* subscribed(client: Pick<Client, "url">, secret: string, body: object, signal: AbortSignal): AsyncGenerator {
  const response = await fetch(client.url, {
    method: "POST",
    signal,
    headers: { authorization: `Bearer ${secret}`, accept: "text/event-stream", "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (response.status !== 200 || !response.body) throw new Error(`${response.status}: ${await response.text()}`);
  let text = "";
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
      const message = text.slice(0, end);
      text = text.slice(end + 2);
      if (message.startsWith("event: complete")) return;
      const data = /^event: next\ndata: (.*)$/s.exec(message)?.[1];
      if (data !== undefined) yield JSON.parse(data);
    }
  }
}
