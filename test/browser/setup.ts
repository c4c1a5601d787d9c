import type { TestProject } from 'vitest/node'
import { startStageServer } from '../spec/eventsource/stage-server.js'
import { startChannelCuts } from './channel-cuts-server.js'
import { STAGE_URL } from './stage-proxy.js'

declare module 'vitest' {
  interface ProvidedContext {
    /** Origin of the stage server: another one than that of the page, on the same site. */
    otherBase: string
    /** A channel behind a proxy that cuts, see `startChannelCuts`. */
    cutsUrl: string
  }
}

let shared: ReturnType<typeof startStageServer> | undefined

/** Called for each browser. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  shared ??= startStageServer()
  const server = await shared
  process.env[STAGE_URL] = server.url
  project.provide('otherBase', `http://localhost:${new URL(server.url).port}`)
  const cuts = await startChannelCuts()
  project.provide('cutsUrl', cuts.url)
  return async () => {
    await cuts[Symbol.asyncDispose]()
    await server.close()
  }
}
