import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { reachOf } from "#infra/deliveries/addresses.ts";
import type { Lookup } from "#infra/deliveries/guard.ts";
import { type Answer, openLine } from "#infra/deliveries/send.ts";


/** A name server that says something else each time; the last answer again and again. */
const says = (...answers: readonly (readonly string[])[]): Lookup => {
  let asked = 0;
  return (_host, _options, done) => {
    const found = answers[Math.min(asked++, answers.length - 1)] ?? [];
    done(null, found.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })));
  };
};

const sends = async (url: string, { exceptions = [], lookup }: { readonly exceptions?: readonly string[]; readonly lookup?: Lookup } = {}, times = 1): Promise<readonly Answer[]> => {
  using line = openLine(url, { reach: reachOf(exceptions), timeoutMs: 1000, lookup });
  const answers: Answer[] = [];
  for (let nth = 0; nth < times; nth++) answers.push(await line.send({ headers: {}, body: Buffer.from("{}"), signal: new AbortController().signal }));
  return answers;
};
const isRefused = ({ status, error }: Answer) => status === null && /is not a public address|https is required/.test(error ?? "");

describe("A webhook's URL that was made to attack what is behind the server", () => {
  let requests = 0;
  /** What nobody outside may reach: on the loopback. */
  const inside = createServer((request, response) => {
    requests++;
    if (request.url === "/elsewhere") response.writeHead(307, { location: `http://127.0.0.1:${port()}/secret` }).end();
    else response.writeHead(200).end("secret");
  });
  const port = () => {
    const address = inside.address();
    return address && typeof address === "object" ? address.port : 0;
  };

  before(async () => {
    await once(inside.listen(0, "127.0.0.1"), "listening");
  });
  beforeEach(() => {
    requests = 0;
  });
  after(() => {
    inside.closeAllConnections();
    inside.close();
  });

  it("reaches nothing by an address, in whatever form it is written", async () => {
    const hosts = ["127.0.0.1", "localhost", "127.1", "0x7f.1", "2130706433", "0177.0.0.1", "0", "0.0.0.0", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:ffff:7f00:0001]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[::127.0.0.1]", "①②⑦.⓪.⓪.①", "169.254.169.254", "[fd00:ec2::254]"];
    for (const scheme of ["http", "https"])
      for (const host of hosts) {
        const [answer] = await sends(`${scheme}://${host}:${port()}/secret`);
        assert.ok(answer && isRefused(answer), `${scheme}://${host}: ${JSON.stringify(answer)}`);
      }
    assert.equal(requests, 0);
  });

  it("reaches nothing by a zone, which no URL may have", () => {
    for (const host of ["[fe80::1%25lo]", "[fe80::1%lo]", "[::1%25lo]"]) assert.equal(URL.parse(`http://${host}:${port()}/`), null);
  });

  it("reaches nothing by a name that leads to a public address when it is saved and inwards when it is used", async () => {
    // The check on saving saw the first answer; each connection asks again, and is refused on its own.
    const lookup = says(["127.0.0.1"]);
    assert.ok((await sends(`https://rebind.example:${port()}/secret`, { lookup })).every(isRefused));
    const mixed = says(["93.184.216.34", "127.0.0.1"]);
    assert.ok((await sends(`https://rebind.example:${port()}/secret`, { lookup: mixed })).every(isRefused));
    const hidden = says(["::ffff:127.0.0.1"], ["64:ff9b::7f00:1"], ["fe80::1%lo"], ["::1"]);
    assert.ok((await sends(`https://rebind.example:${port()}/secret`, { lookup: hidden }, 4)).every(isRefused));
    assert.equal(requests, 0);
  });

  it("is connected to the address that was checked, whatever the name leads to a moment later", async () => {
    let asked = 0;
    const lookup: Lookup = (host, options, done) => {
      asked++;
      says([asked === 1 ? "127.0.0.1" : "127.0.0.2"])(host, options, done);
    };
    const [answer] = await sends(`http://pinned.example:${port()}/secret`, { exceptions: ["127.0.0.1/32"], lookup });
    assert.deepEqual([answer?.status, asked, requests], [200, 1, 1]);
  });

  it("reaches nothing by a redirect, also where the place that redirects is allowed", async () => {
    const [answer] = await sends(`http://127.0.0.1:${port()}/elsewhere`, { exceptions: ["127.0.0.1"] });
    assert.deepEqual([answer?.status, answer?.error, requests], [307, "redirects are not followed", 1]);
  });

  it("is let through where the operator lists its address, and only there by plain HTTP", async () => {
    assert.equal((await sends(`http://127.0.0.1:${port()}/`, { exceptions: ["127.0.0.0/8"] }))[0]?.status, 200);
    assert.equal((await sends(`http://localhost:${port()}/`, { exceptions: ["127.0.0.0/8"], lookup: says(["127.0.0.1"]) }))[0]?.status, 200);
    assert.match((await sends("http://public.example/", { exceptions: ["127.0.0.0/8"], lookup: says(["93.184.216.34"]) }))[0]?.error ?? "", /https is required/);
  });
});
