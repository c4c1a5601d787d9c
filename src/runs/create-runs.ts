import { hostScheduler } from '../server/channel/scheduler.js'
import { createMemoryStore } from './memory-store.js'
import { resolveRunsOptions, type RunsOptions } from './runs-options.js'
import { runsOver } from './runs-over.js'
import type { Runs } from './runs.js'

/**
 * Makes runs: answers that are read from their source with or without readers, recorded, and replayed to each reader.
 *
 * Starts no timer and opens nothing before the first run or reader.
 *
 * @throws {OptionError} for options that do not exist or make no sense.
 *
 * @example
 * ```ts
 * import { createRuns } from 'eventwire/runs'
 *
 * const runs = createRuns()
 * const run = await runs.start('chat-1', async function* () {
 *   yield { data: 'Hello' }
 *   yield { data: ' world' }
 * })
 * await run.closed // => 'done'
 *
 * const response = await runs.fetch(new Request('http://localhost/chat-1'), 'chat-1')
 * const text = await response.text()
 * text.match(/data: .*$/gm) // => ['data: Hello', 'data:  world']
 * await runs.close()
 * ```
 */
export function createRuns(options: RunsOptions = {}): Runs {
  const settings = resolveRunsOptions(options)
  return runsOver(settings, options.store ?? createMemoryStore(hostScheduler.now), hostScheduler)
}
