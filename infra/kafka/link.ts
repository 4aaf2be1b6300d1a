import { setTimeout as sleep } from "node:timers/promises";
import { Unavailable } from "#domain/kernel/errors.ts";
import { type Broker, type Cluster, clusterOf, type KafkaServer } from "./client.ts";
import { failureOf } from "./failure.ts";

/** Who answers: the leader of a topic's only partition, or the coordinator of a transactional id. */
export type Seat = { readonly topic: string } | { readonly transactionalId: string };

/** Connections to the cluster, and who leads there. Broker after broker serves one request of a link at a time: who waits long has its own. */
export interface Link {
  /**
   * Finds the broker, and again where it has moved or was lost, for `patience` milliseconds; then, and when Kafka says no, throws
   * `Unavailable` with the last error as its cause. What is asked may have been carried out more than once.
   */
  readonly ask: <Answer>(seat: Seat, work: (broker: Broker) => Promise<Answer>, patience?: number) => Promise<Answer>;
  /** Ends what is under way. */
  readonly close: () => void;
}

export interface LinkOptions {
  /** Milliseconds that one request may take. */
  readonly requestTimeout?: number;
}

export const openLink = (server: KafkaServer, { requestTimeout = 5000 }: LinkOptions = {}): Link => {
  let view = fresh(server, requestTimeout);
  let closed = false;

  /** Throws away all that is known, unless another asker has done so. */
  const renew = (old: View) => {
    if (view !== old) return;
    view = fresh(server, requestTimeout);
    old.close();
  };
  const ask: Link["ask"] = async (seat, work, patience = 5000) => {
    const deadline = performance.now() + patience;
    for (let pause = 2; ; pause = Math.min(pause * 1.5, 250)) {
      if (closed) throw new Unavailable("log", { cause: new Error("closed") });
      const used = view;
      try {
        return await work(await used.find(seat));
      } catch (error) {
        const failure = failureOf(error);
        if (failure === "none") throw error;
        if (failure === "final" || closed || performance.now() + pause > deadline) throw new Unavailable("log", { cause: error });
        if (failure === "lost") renew(used);
        if (failure === "moved") used.forget();
      }
      await sleep(pause * (0.5 + Math.random()));
    }
  };
  const close = () => {
    closed = true;
    view.close();
  };
  return { ask, close };
};

interface View {
  readonly find: (seat: Seat) => Promise<Broker>;
  readonly forget: () => void;
  readonly close: () => void;
}

const fresh = (server: KafkaServer, requestTimeout: number): View => {
  const { cluster, close } = clusterOf(server, requestTimeout);
  const seats = new Map<string, Promise<Broker>>();
  let metadata: Promise<void> | undefined;

  const load = async () => {
    await cluster.connect();
    await cluster.refreshMetadata();
  };
  const find: View["find"] = (seat) => {
    const name = "topic" in seat ? `topic ${seat.topic}` : `id ${seat.transactionalId}`;
    const known = seats.get(name);
    if (known) return known;
    metadata ??= load().catch((error: unknown) => {
      metadata = undefined;
      throw error;
    });
    const found = metadata.then(() => located(cluster, seat));
    seats.set(name, found);
    found.catch(() => seats.delete(name));
    return found;
  };
  const forget = () => {
    seats.clear();
    metadata = undefined;
  };
  return { find, forget, close };
};

const located = async (cluster: Cluster, seat: Seat): Promise<Broker> => {
  if (!("topic" in seat)) return cluster.findGroupCoordinator({ groupId: seat.transactionalId, coordinatorType: 1 });
  await cluster.addTargetTopic(seat.topic);
  const [nodeId = "-1"] = Object.keys(cluster.findLeaderForPartitions(seat.topic, [0]));
  return cluster.findBroker({ nodeId });
};
