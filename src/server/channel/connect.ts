import { isThenable } from '../async.js'
import type { HubActs } from './hub-acts.js'
import type { HubHooks } from './hub-options.js'
import type { Reader } from './reader.js'

/**
 * Calls `onConnect`, once for each reader, however often it is asked to. Gives a promise if that has to be waited for.
 * It never rejects: a hook that fails ends its reader.
 */
export function createConnect(hooks: HubHooks, acts: HubActs): (reader: Reader) => Promise<void> | undefined {
  const call = (reader: Reader): void => {
    const done = (): void => {
      reader.connected = true
    }
    const failed = (error: unknown): void => {
      done()
      acts.fail(reader, error)
    }
    // There while the hook is called, which may end the reader.
    reader.connected = Promise.resolve()
    try {
      const answer = hooks.onConnect?.(reader)
      if (isThenable(answer)) reader.connected = Promise.resolve(answer).then(done, failed)
      else done()
    } catch (error) {
      failed(error)
    }
  }
  return (reader) => {
    if (reader.connected === undefined) call(reader)
    return typeof reader.connected === 'object' ? reader.connected : undefined
  }
}
