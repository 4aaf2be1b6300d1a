import { type Deliveries, openDeliveries } from "./deliveries.ts";
import { openReceiver, type Receiver } from "./receiver.ts";

/** Gives each test of a suite webhooks on a database of their own, and a receiver. */
export const eachWithReceiver = (given: (world: Deliveries, receiver: Receiver) => void): void => {
  let opened: AsyncDisposableStack;
  beforeEach(async () => {
    opened = new AsyncDisposableStack();
    given(opened.use(await openDeliveries()), opened.use(await openReceiver()));
  });
  afterEach(() => opened.disposeAsync());
};
