import { setImmediate as nextTurn } from "node:timers/promises";
import { Container, type ServiceIdentifier } from "inversify";

/** A dependency by its type: `token<EventLog>("log")`. */
export type Token<Value> = ServiceIdentifier<Value> & { readonly of?: Value };

export const token = <Value>(name: string): Token<Value> => Symbol(name);

type Values<Needs extends readonly Token<unknown>[]> = { [Index in keyof Needs]: Needs[Index] extends Token<infer Value> ? Value : never };

/** Binds `id` to what `make` gives for its needs, made once; a factory with other needs does not compile. */
export type Provide = <Value, const Needs extends readonly Token<unknown>[]>(
  id: Token<Value>,
  needs: Needs,
  make: (...values: Values<Needs>) => Value | Promise<Value>,
) => void;

/** `begun` is told of everything that is being opened. */
export const provide =
  (container: Container, begun: (opening: Promise<unknown>) => void): Provide =>
  (id, needs, make) => {
    const open = (...values: unknown[]) => {
      const opening = (async () => make(...(values as unknown as Values<typeof needs>)))();
      begun(opening);
      return opening;
    };
    container.bind(id).toResolvedValue(open, [...needs]).inSingletonScope();
  };

/** What was opened, in the order of opening. */
export interface Openings {
  readonly begun: (opening: Promise<unknown>) => void;
  /**
   * Resolves when nothing is being opened any more. The container opens abreast: where one part fails, others are still on their
   * way, and would otherwise open behind the back of whoever closes.
   */
  readonly settled: () => Promise<void>;
}

export const openings = (opened: AsyncDisposableStack): Openings => {
  const all: Promise<void>[] = [];
  const keep = (value: unknown): void => {
    if (isDisposable(value)) opened.use(value);
  };
  return {
    begun: (opening) => void all.push(opening.then(keep, () => undefined)),
    settled: async () => {
      for (let known = -1; known < all.length; await nextTurn()) {
        known = all.length;
        await Promise.all(all);
      }
    },
  };
};

export const newContainer = (): Container => new Container({ defaultScope: "Singleton" });

const isDisposable = (value: unknown): value is AsyncDisposable => typeof value === "object" && value !== null && Symbol.asyncDispose in value;
