import { getEventListeners } from 'node:events'
import { afterEach, beforeEach, expect } from 'vitest'
import type { Connection, ConnectOptions, StateChange } from '../../src/client/types.js'
import { createScriptedServer } from '../../src/testing/server/scripted-server.js'
import type { Script, ScriptedServer, ScriptedServerOptions } from '../../src/testing/server/types.js'

/** Retries soon, so that tests do not wait. */
export const SOON = { min: 1, max: 5 }

export interface Bench {
  /** A scripted server that is idle and gone after the test, or the test fails. */
  serve(script: Script, options?: ScriptedServerOptions): Promise<ScriptedServer>
  /** A controller whose signal has no listener left after the test, or the test fails. */
  controller(): AbortController
}

/**
 * Counts what a client may leave behind. After each test of the file there is no timer, no request
 * under way at a server and no listener on a signal.
 */
export function useBench(): Bench {
  const { setTimeout: realSet, clearTimeout: realClear } = globalThis
  const timers = new Map<unknown, string>()
  let servers: ScriptedServer[] = []
  let controllers: AbortController[] = []

  beforeEach(() => {
    timers.clear()
    servers = []
    controllers = []
    globalThis.setTimeout = ((run: (...args: unknown[]) => void, ms?: number, ...args: unknown[]) => {
      const timer = realSet(() => {
        timers.delete(timer)
        run(...args)
      }, ms)
      const { stack } = new Error('started here')
      // Fetch and the servers have timers of their own.
      if (/\/(src|dist)\/(client|streams)\//.test(stack!)) timers.set(timer, stack!)
      return timer
    }) as typeof setTimeout
    globalThis.clearTimeout = (timer) => {
      timers.delete(timer)
      realClear(timer)
    }
  })

  afterEach(async () => {
    for (const server of servers) await server.waitForIdle()
    for (const server of servers) await server.close()
    globalThis.setTimeout = realSet
    globalThis.clearTimeout = realClear
    expect([...timers.values()], 'timers left').toEqual([])
    for (const { signal } of controllers) expect(getEventListeners(signal, 'abort'), 'listeners left').toEqual([])
  })

  return {
    async serve(script, options) {
      const server = await createScriptedServer(script, options)
      servers.push(server)
      return server
    },
    controller() {
      const controller = new AbortController()
      controllers.push(controller)
      return controller
    },
  }
}

/** Reads a connection to its end; an error of the loop comes back beside the events. */
export async function collect<M>(connection: Connection<M>): Promise<{ data: unknown[]; error?: unknown }> {
  const data: unknown[] = []
  try {
    for await (const event of connection) data.push((event as { data: unknown }).data)
    return { data }
  } catch (error) {
    return { data, error }
  }
}

/** The states a connection went through, in order, with an `onState` that fills the list. */
export function recorder(): { changes: StateChange[]; onState: NonNullable<ConnectOptions['onState']> } {
  const changes: StateChange[] = []
  return { changes, onState: (change) => changes.push(change) }
}
