import { afterAll, it } from 'vitest'
import { EventSource } from '../../../src/eventsource/event-source.js'
import type { SubjectName } from './differences.js'
import { startStageServer } from './stage-server.js'
import { uncaughtInProcess } from './uncaught.js'

export interface Subject {
  name: SubjectName
  EventSource: typeof globalThis.EventSource
}

/** Where the tests run. Other runtimes and pages have one of their own in place of this file. */
export interface Host {
  subjects: Subject[]
  it(name: string, body: () => Promise<void>): void
  /** Where the stage server is, once more on another origin. */
  bases(): Promise<{ base: string; otherBase: string }>
  reported(run: () => Promise<void>): Promise<unknown[]>
}

let server: ReturnType<typeof startStageServer> | undefined

afterAll(async () => {
  await (await server)?.close()
})

export const host: Host = {
  subjects: [{ name: 'ours', EventSource }],
  it: (name, body) => it(name, body),
  async bases() {
    server ??= startStageServer()
    const base = new URL((await server).url).origin
    return { base, otherBase: base }
  },
  reported: uncaughtInProcess,
}
