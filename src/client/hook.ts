/** What a function of the options threw, under its name. */
export class HookFailure {
  readonly hook: string
  readonly cause: unknown

  constructor(hook: string, cause: unknown) {
    this.hook = hook
    this.cause = cause
  }
}

/** Calls a function of the options. @throws {HookFailure} */
export function callHook<T>(name: string, call: () => T): T {
  try {
    return call()
  } catch (cause) {
    throw new HookFailure(name, cause)
  }
}

/** The same for one that may be asynchronous. */
export async function askHook<T>(name: string, call: () => T): Promise<Awaited<T>> {
  try {
    return await call()
  } catch (cause) {
    throw new HookFailure(name, cause)
  }
}
