/** What `await using` looks for. Engines without the syntax lack the symbol too; transpilers then use this one. */
export const ASYNC_DISPOSE: typeof Symbol.asyncDispose =
  /* @__PURE__ */ Symbol.asyncDispose ?? /* @__PURE__ */ Symbol.for('Symbol.asyncDispose')
