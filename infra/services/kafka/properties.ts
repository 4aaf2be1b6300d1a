/** One broker of a cluster of 1 or 3, each of which is a controller too. */
export interface Broker {
  readonly id: number;
  readonly data: string;
  /** Of every broker, in the order of their ids from 1. */
  readonly ports: readonly { readonly clients: number; readonly controller: number }[];
}

/** A further way to a broker: for clients who are told another port than it listens on, that of a proxy, or who must show who they are. */
export interface Line {
  readonly broker: number;
  /** Capital letters and digits. */
  readonly name: string;
  readonly port: number;
  readonly advertised: number;
  /** PLAINTEXT without it. */
  readonly protocol?: "PLAINTEXT" | "SSL" | "SASL_SSL";
  /** Of this way alone: `ssl.keystore.location` … */
  readonly settings?: Readonly<Record<string, string>>;
}

const among = (listeners: readonly string[]) => listeners.join(",");

const ofItsOwn = ({ name, settings = {} }: Line) =>
  Object.entries(settings).map(([setting, value]) => [`listener.name.${name.toLowerCase()}.${setting}`, value] as const);

/** Its `server.properties`. */
export const properties = ({ id, data, ports }: Broker, allLines: readonly Line[] = []): string => {
  const own = ports[id - 1];
  const copies = ports.length;
  const lines = allLines.filter(({ broker }) => broker === id);
  const settings = {
    "process.roles": "broker,controller",
    "node.id": id,
    "controller.quorum.voters": ports.map(({ controller }, at) => `${at + 1}@127.0.0.1:${controller}`).join(","),
    listeners: among([`PLAINTEXT://127.0.0.1:${own?.clients}`, `CONTROLLER://127.0.0.1:${own?.controller}`, ...lines.map(({ name, port }) => `${name}://127.0.0.1:${port}`)]),
    ...(lines.length === 0 ? {} : {
      "advertised.listeners": among([`PLAINTEXT://127.0.0.1:${own?.clients}`, ...lines.map(({ name, advertised }) => `${name}://127.0.0.1:${advertised}`)]),
      "listener.security.protocol.map": among(["PLAINTEXT:PLAINTEXT", "CONTROLLER:PLAINTEXT", ...lines.map(({ name, protocol = "PLAINTEXT" }) => `${name}:${protocol}`)]),
      ...Object.fromEntries(lines.flatMap(ofItsOwn)),
      // So many for each listener.
      "num.network.threads": 1,
    }),
    "controller.listener.names": "CONTROLLER",
    "inter.broker.listener.name": "PLAINTEXT",
    "log.dirs": data,
    "offsets.topic.replication.factor": copies,
    "transaction.state.log.replication.factor": copies,
    "transaction.state.log.min.isr": Math.min(2, copies),
    "share.coordinator.state.topic.replication.factor": copies,
    "share.coordinator.state.topic.min.isr": Math.min(2, copies),
    "min.insync.replicas": Math.min(2, copies),
    "offsets.topic.num.partitions": 5,
    "transaction.state.log.num.partitions": 5,
    "group.initial.rebalance.delay.ms": 0,
    "auto.create.topics.enable": false,
    // A broker that was killed may come back only when its old session is over: 9 s by default.
    "broker.session.timeout.ms": 3_000,
    "broker.heartbeat.interval.ms": 500,
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${value}\n`)
    .join("");
};
