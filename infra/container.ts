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

/** `opened` is told of everything that has to be closed again, in the order of opening. */
export const provide =
  (container: Container, opened: (value: AsyncDisposable) => void): Provide =>
  (id, needs, make) => {
    const open = async (...values: unknown[]) => {
      const value = await make(...(values as unknown as Values<typeof needs>));
      if (isDisposable(value)) opened(value);
      return value;
    };
    container.bind(id).toResolvedValue(open, [...needs]).inSingletonScope();
  };

export const newContainer = (): Container => new Container({ defaultScope: "Singleton" });

const isDisposable = (value: unknown): value is AsyncDisposable => typeof value === "object" && value !== null && Symbol.asyncDispose in value;
