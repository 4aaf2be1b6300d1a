import assert from "node:assert/strict";
import * as fc from "fast-check";
import { parseCidr, reachOf } from "#infra/deliveries/addresses.ts";
import { forbiddenBy, guardedLookup, Unreachable } from "#infra/deliveries/guard.ts";

const open = reachOf([]);
const octet = fc.integer({ min: 0, max: 255 });
const dotted = (octets: readonly number[]) => octets.join(".");

/** Every IPv4 address of a range: its first octets, and any others. */
const within = (...first: readonly number[]) => fc.tuple(...Array.from({ length: 4 - first.length }, () => octet)).map((rest) => first.concat(rest));

const forbidden4 = fc.oneof(
  within(0),
  within(10),
  within(127),
  within(169, 254),
  within(192, 168),
  within(192, 0, 2),
  within(198, 51, 100),
  within(203, 0, 113),
  fc.tuple(fc.constant(172), fc.integer({ min: 16, max: 31 }), octet, octet),
  fc.tuple(fc.constant(100), fc.integer({ min: 64, max: 127 }), octet, octet),
  fc.tuple(fc.constant(198), fc.integer({ min: 18, max: 19 }), octet, octet),
  fc.tuple(fc.integer({ min: 224, max: 255 }), octet, octet, octet),
);
const public4 = fc.constantFrom([8, 8, 8, 8], [1, 1, 1, 1], [93, 184, 216, 34], [172, 32, 0, 1], [100, 128, 0, 1], [11, 0, 0, 1], [223, 255, 255, 254]);

const hex = (high: number, low: number) => ((high << 8) | low).toString(16);
/** The ways in which an IPv4 address hides in an IPv6 one. */
const hiding: readonly ((octets: readonly number[]) => string)[] = [
  (octets) => `::ffff:${dotted(octets)}`,
  ([a = 0, b = 0, c = 0, d = 0]) => `::ffff:${hex(a, b)}:${hex(c, d)}`,
  ([a = 0, b = 0, c = 0, d = 0]) => `0:0:0:0:0:FFFF:${hex(a, b)}:${hex(c, d)}`,
  (octets) => `::${dotted(octets)}`,
  (octets) => `64:ff9b::${dotted(octets)}`,
  ([a = 0, b = 0, c = 0, d = 0]) => `2002:${hex(a, b)}:${hex(c, d)}::1`,
  ([a = 0, b = 0, c = 0, d = 0]) => `2001:0:4136:e378:8000:63bf:${hex(a ^ 255, b ^ 255)}:${hex(c ^ 255, d ^ 255)}`,
  (octets) => `fe80::5efe:${dotted(octets)}%eth0`,
];

/** The ways in which URLs write an IPv4 address. */
const writing: readonly ((octets: readonly number[]) => string)[] = [
  dotted,
  (octets) => String(octets.reduce((number, one) => number * 256 + one, 0)),
  (octets) => `0x${octets.map((one) => one.toString(16).padStart(2, "0")).join("")}`,
  (octets) => octets.map((one) => `0${one.toString(8)}`).join("."),
  (octets) => octets.map((one) => `0x${one.toString(16)}`).join("."),
  ([a = 0, b = 0, c = 0, d = 0]) => `${a}.${b * 65_536 + c * 256 + d}`,
  (octets) => `${dotted(octets)}.`,
  (octets) => octets.join("。"),
];

describe("Addresses of webhooks", () => {
  it("are refused in every range that is not public, however they hide in IPv6", () =>
    fc.assert(
      fc.property(forbidden4, fc.constantFrom(...hiding), (octets, hide) => {
        assert.notEqual(open.refusal(dotted(octets)), null);
        assert.notEqual(open.refusal(hide(octets)), null, hide(octets));
      }),
    ));

  it("are taken where they are public, also in the form that sockets give them", () =>
    fc.assert(
      fc.property(public4, (octets) => {
        assert.equal(open.refusal(dotted(octets)), null);
        assert.equal(open.refusal(`::ffff:${dotted(octets)}`), null);
      }),
    ));

  it("are refused in IPv6 outside of global unicast, and in its special ranges", () => {
    const refused = ["::", "::1", "fc00::1", "fd00:ec2::254", "fe80::1", "fec0::1", "ff02::1", "100::1", "2001:db8::1", "2001::1", "2002::1", "64:ff9b::1", "3fff::1", "5f00::1", "4000::1"];
    assert.deepEqual(refused.filter((address) => open.refusal(address) === null), []);
    assert.deepEqual(["2606:4700:4700::1111", "2a00:1450:4001:82b::200e"].filter((address) => open.refusal(address) !== null), []);
    assert.deepEqual(["", "localhost", "1.2.3", "1.2.3.4.5", "g::1"].filter((address) => open.refusal(address) === null), []);
  });

  it("are the metadata servers of clouds never", () => {
    const metadata = ["169.254.169.254", "100.100.100.200", "192.0.0.192", "168.63.129.16", "fd00:ec2::254", "169.254.170.2", "::ffff:a9fe:a9fe"];
    assert.deepEqual(metadata.filter((address) => open.refusal(address) === null), []);
  });

  it("are taken where the operator lists them, and nowhere beside", () => {
    const reach = reachOf(["10.1.0.0/16", "fd00:1::/32", "127.0.0.1"]);
    assert.deepEqual(["10.1.2.3", "::ffff:10.1.2.3", "fd00:1::5", "127.0.0.1"].filter((address) => reach.refusal(address) !== null), []);
    assert.deepEqual(["10.2.0.1", "fd00:2::5", "127.0.0.2", "169.254.169.254"].filter((address) => reach.refusal(address) === null), []);
    assert.deepEqual(["10.0.0.0/33", "x/8", "10.0.0.0/8/8", "fe80::%1/10", "10.0.0.0/"].filter((text) => parseCidr(text) !== null), []);
  });

  it("are found in every way in which a URL writes them", () =>
    fc.assert(
      fc.asyncProperty(forbidden4, fc.constantFrom(...writing), async (octets, write) => {
        assert.match((await forbiddenBy(open)(`https://${write(octets)}/hook`)) ?? "", /is not a public address/, write(octets));
      }),
    ));

  it("make a URL refused that has a password in it, or speaks neither http nor https", async () => {
    const reasons = await Promise.all(["https://a:b@8.8.8.8/", "ftp://8.8.8.8/", "file:///etc/passwd", "http://8.8.8.8/", "no url"].map(forbiddenBy(open)));
    assert.deepEqual(reasons.map((reason) => reason !== null), [true, true, true, true, true]);
    assert.equal(await forbiddenBy(open)("https://8.8.8.8/hook"), null);
  });
});

const looked = (addresses: readonly string[]): Parameters<typeof guardedLookup>[2] =>
  (_host, _options, done) => done(null, addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })));

const resolved = (addresses: readonly string[], secure = true, all = true) =>
  new Promise<unknown>((resolve) =>
    guardedLookup(open, secure, looked(addresses))("hook.example", { all }, (error, found) => resolve(error ?? found)),
  );

describe("Looking up a webhook's name", () => {
  it("gives out checked addresses alone, all of them or the first", async () => {
    assert.deepEqual(await resolved(["8.8.8.8", "2606:4700::1"]), [{ address: "8.8.8.8", family: 4 }, { address: "2606:4700::1", family: 6 }]);
    assert.equal(await resolved(["8.8.8.8"], true, false), "8.8.8.8");
  });

  it("forbids a name with one forbidden address among others, one without any, and plain HTTP", async () => {
    for (const found of [await resolved(["8.8.8.8", "10.0.0.1"]), await resolved([]), await resolved(["8.8.8.8"], false)]) assert.ok(found instanceof Unreachable);
  });
});
