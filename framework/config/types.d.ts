import type { Knex } from "knex";

// Globals that the build defines, and types that let scripts written for Laju pass the type check unchanged.

declare global {
  /** Only defined in built code, not under tsx and vitest. */
  var LAJU_BUILT: true | undefined;
  /** A compiled file's own `require`; defined along with LAJU_BUILT. */
  var lajuRequire: NodeJS.Require;
  /** Node's Module class; defined along with LAJU_BUILT. */
  var lajuNode: unknown;

  interface Response {
    /** Typed as any, because scripts use JSON without declaring its type: `(await fetch(url)).json()`. */
    // biome-ignore lint/suspicious/noExplicitAny: see above.
    json(): Promise<any>;
  }
}

/** The arguments if the row type is undeclared (any). Otherwise no call matches, so that knex's own types apply. */
type Undeclared<Row, Arguments> = 0 extends 1 & Row ? Arguments : [never];
// biome-ignore lint/suspicious/noExplicitAny: undeclared rows are any, as in knex's other queries.
type Loose<Row extends {}, Result> = Knex.QueryBuilder<Row, Result extends unknown[] ? any[] : any>;

// Makes `(await DB("users").count("* as count").first()).count` compile. Written as interfaces, because only interfaces
// merge with knex's own.
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
