import { portableChecks } from './checks.js'
import { failuresOf, listed, type Failure } from './failures.js'
import type { Check } from './check.js'
import { collected } from './rules.js'

const { BUILT_IN, STAGE_URL } = process.env

const all: Failure[] = []

async function report(topic: string, checks: Check[], atOnce: number): Promise<void> {
  const failures = await failuresOf(checks, atOnce)
  console.log(`${topic}: ${checks.length - failures.length} of ${checks.length} passed`)
  all.push(...failures)
}

if (!BUILT_IN) {
  for (const [topic, checks] of Object.entries(portableChecks(new URL(STAGE_URL!).origin))) {
    await report(topic, checks, 8)
  }
}
await report('EventSource', collected.besideOthers, 8)
await report('EventSource, one after the other', collected.alone, 1)

if (all.length > 0) {
  console.log(listed(all))
  process.exitCode = 1
}
