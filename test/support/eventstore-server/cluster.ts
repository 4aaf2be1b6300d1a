import type { handleUnaryCall } from "@grpc/grpc-js";
import { cluster, features, gossip, shared } from "./definitions.ts";

export interface Member {
  readonly host: string;
  readonly port: number;
  readonly state: "leader" | "follower";
  readonly alive: boolean;
}

const { VNodeState } = cluster.MemberInfo;

/** The members as this node believes them to be. */
export const gossipOf =
  (members: () => readonly Member[]): handleUnaryCall<shared.Empty, gossip.ClusterInfo> =>
  (_call, answer) => {
    const list = members().map(({ host, port, state, alive }, index) =>
      new gossip.MemberInfo()
        .setInstanceId(new shared.UUID().setString(`00000000-0000-4000-8000-00000000000${index}`))
        .setTimeStamp(String(Date.now()))
        .setState(state === "leader" ? VNodeState.LEADER : VNodeState.FOLLOWER)
        .setIsAlive(alive)
        .setHttpEndPoint(new gossip.EndPoint().setAddress(host).setPort(port)),
    );
    answer(null, new gossip.ClusterInfo().setMembersList(list));
  };

const service = "event_store.client.streams.streams";

export const supportedMethods: handleUnaryCall<shared.Empty, features.SupportedMethods> = (_call, answer) => {
  const methods = ["append", "batchappend", "read"].map((name) => new features.SupportedMethod().setServiceName(service).setMethodName(name));
  answer(null, new features.SupportedMethods().setEventStoreServerVersion("24.10.0").setMethodsList(methods));
};
