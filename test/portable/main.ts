import { failuresOf, portableChecks } from './checks.js'
import type { Check } from './check.js'
import { collected } from './rules.js'

const { BUILT_IN, STAGE_URL } = process.env

async function report(topic: string, checks: Check[], atOnce: number): Promise<void> {
  const failures = await failuresOf(checks, atOnce)
  console.log(`${topic}: ${checks.length - failures.length} of ${checks.length} passed`)
  for (const failure of failures) console.log(failure)
  if (failures.length > 0) process.exitCode = 1
}

if (!BUILT_IN) {
  for (const [topic, checks] of Object.entries(portableChecks(new URL(STAGE_URL!).origin))) {
    await report(topic, checks, 8)
  }
}
await report('EventSource', collected.besideOthers, 8)
await report('EventSource, one after the other', collected.alone, 1)
