import { afterAll, it } from 'vitest'
import { EventSource } from '../../../src/eventsource/event-source.js'
import type { HostName, SubjectName } from './differences.js'
import { startStageServer } from './stage-server.js'
import { uncaughtInProcess } from './uncaught.js'

export interface Subject {
  name: SubjectName
  EventSource: typeof globalThis.EventSource
}

/** Where the tests run. Other runtimes and pages have one of their own in place of this file. */
export interface Host {
  name: HostName
  subjects: Subject[]
  it(this: void, name: string, body: () => Promise<void>): void
  itBesideOthers(this: void, name: string, body: () => Promise<void>): void
  /** Where the stage server is, once more on another origin. */
  bases(): Promise<{ base: string; otherBase: string }>
  reported(run: () => Promise<void>): Promise<unknown[]>
}

let server: ReturnType<typeof startStageServer> | undefined

afterAll(async () => {
  await (await server)?.close()
})

export const host: Host = {
  name: 'node',
  subjects: [{ name: 'ours', EventSource }],
  it: (rule, body) => it(rule, body),
  itBesideOthers: (rule, body) => it.concurrent(rule, body),
  async bases() {
    server ??= startStageServer()
    const base = new URL((await server).url).origin
    return { base, otherBase: base }
  },
  reported: uncaughtInProcess,
}
