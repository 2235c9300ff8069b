import type { Knex } from "knex";

// What the build defines, and what scripts written for Laju need to pass the type check as they stand.

declare global {
  /** Defined by the build; under tsx and vitest it is not there. */
  var LAJU_BUILT: true | undefined;
  /** A compiled file's own `require`; only there where LAJU_BUILT is. */
  var lajuRequire: NodeJS.Require;
  /** Node's class Module; only there where LAJU_BUILT is. */
  var lajuNode: unknown;

  interface Response {
    /** They read a response's JSON without declaring its shape: `(await fetch(url)).json()`. */
    // biome-ignore lint/suspicious/noExplicitAny: that is the point of it.
    json(): Promise<any>;
  }
}

/** Arguments that fit only where the row's type is not declared (any); a declared one keeps knex's own types. */
type Undeclared<Row, Arguments> = 0 extends 1 & Row ? Arguments : [never];
// biome-ignore lint/suspicious/noExplicitAny: rows of no declared type, as knex has them in every other query.
type Loose<Row extends {}, Result> = Knex.QueryBuilder<Row, Result extends unknown[] ? any[] : any>;

// So that `(await DB("users").count("* as count").first()).count` passes. An interface, because it is added to.
declare module "knex" {
  namespace Knex {
    interface AsymmetricAggregation<TRecord extends {}, TResult, TValue> {
      // biome-ignore lint/style/useShorthandFunctionType: see above.
      (...columns: Undeclared<TRecord, (string | Knex.Raw)[]>): Loose<TRecord, TResult>;
    }
    interface TypePreservingAggregation<TRecord extends {}, TResult, TValue> {
      // biome-ignore lint/style/useShorthandFunctionType: see above.
      (...columns: Undeclared<TRecord, (string | Knex.Raw)[]>): Loose<TRecord, TResult>;
    }
  }
}
