import { Container, type ServiceIdentifier } from "inversify";

/** A dependency by its type: `token<EventLog>("log")`. */
export type Token<Value> = ServiceIdentifier<Value> & { readonly of?: Value };

export const token = <Value>(name: string): Token<Value> => Symbol(name);

type Values<Needs extends readonly Token<unknown>[]> = { [Index in keyof Needs]: Needs[Index] extends Token<infer Value> ? Value : never };

/** Binds `id` to what `make` gives for its needs, made once; a factory with other needs does not compile. */
export const provide = <Value, const Needs extends readonly Token<unknown>[]>(
  container: Container,
  id: Token<Value>,
  needs: Needs,
  make: (...values: Values<Needs>) => Value | Promise<Value>,
): void => {
  container
    .bind<Value>(id)
    .toResolvedValue((...values: unknown[]) => make(...(values as unknown as Values<Needs>)), [...needs])
    .inSingletonScope();
};

export const newContainer = (): Container => new Container({ defaultScope: "Singleton" });
