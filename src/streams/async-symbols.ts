// An interface that extends `AsyncDisposable` would not compile in projects without the library that declares it.
type AsyncDisposeKey = typeof Symbol extends { readonly asyncDispose: infer K extends symbol } ? K : never

/** What `await using` takes, for those whose TypeScript knows the syntax; nothing for all others. */
export type Disposable = { [K in AsyncDisposeKey]: () => Promise<void> }

/** What `await using` looks for. Engines without the syntax lack the symbol too; transpilers then use this one. */
export const ASYNC_DISPOSE: AsyncDisposeKey =
  /* @__PURE__ */ Symbol.asyncDispose ?? /* @__PURE__ */ Symbol.for('Symbol.asyncDispose')

/** What `for await` looks for. Hermes lacks the symbol: loops that Babel wrote for React Native look for this name then. */
export const ASYNC_ITERATOR: typeof Symbol.asyncIterator =
  /* @__PURE__ */ Symbol.asyncIterator ?? ('@@asyncIterator' as never)
