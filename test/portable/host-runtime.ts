import { EventSource } from '../../src/eventsource/index.js'
import type { HostName } from '../spec/eventsource/differences.js'
import type { Host } from '../spec/eventsource/host.js'
import { uncaughtInProcess } from '../spec/eventsource/uncaught.js'
import type { Check } from './check.js'

const { Bun, Deno, process } = globalThis as { Bun?: unknown; Deno?: unknown; process?: NodeJS.Process }
const name: HostName = Bun ? 'bun' : Deno ? 'deno' : process ? 'node' : 'workerd'

let stageUrl = process?.env['STAGE_URL'] ?? ''

/** For runtimes without an environment. */
export function useStage(url: string): void {
  stageUrl = url
}

/** What the files of rules have said, to be run by the module that loads them. */
export const collected: { alone: Check[]; besideOthers: Check[] } = { alone: [], besideOthers: [] }

export const host: Host = {
  name,
  subjects: [{ name: 'ours', EventSource }],
  it: (rule, run) => void collected.alone.push({ name: rule, run }),
  itBesideOthers: (rule, run) => void collected.besideOthers.push({ name: rule, run }),
  bases() {
    const { origin, port } = new URL(stageUrl)
    return Promise.resolve({ base: origin, otherBase: `http://localhost:${port}` })
  },
  reported: uncaughtInProcess,
}

// With its own class alone: the rules have been tried on ours without it.
if (process?.env['BUILT_IN'] === 'node') host.subjects = [{ name: 'node', EventSource: globalThis.EventSource }]
