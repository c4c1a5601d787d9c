// For Jest and Vitest, which have these globals.
import { topics } from '../cases.mjs'

for (const [topic, checks] of Object.entries(topics)) {
  describe(topic, () => {
    for (const { name, run } of checks) it.concurrent(name, async () => run())
  })
}
