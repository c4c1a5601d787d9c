import { portableChecks } from './checks.js'
import { failuresOf, listed, type Failure } from './failures.js'

/** For workerd, which has no command line: `workerd test` runs it and fails if it throws. */
export default {
  async test(_controller: unknown, { STAGE_URL }: { STAGE_URL: string }): Promise<void> {
    const { collected, useStage } = await import('./rules.js')
    useStage(STAGE_URL)
    const topics = { ...portableChecks(new URL(STAGE_URL).origin), EventSource: collected.besideOthers }
    const failures: Failure[] = []
    for (const [topic, checks] of Object.entries(topics)) {
      const failed = await failuresOf(checks, 4)
      console.log(`${topic}: ${checks.length - failed.length} of ${checks.length} passed`)
      failures.push(...failed)
    }
    if (failures.length > 0) throw new Error(listed(failures))
  },
}
