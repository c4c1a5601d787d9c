import { describe, it } from 'node:test'
import { topics } from '../cases.mjs'

for (const [topic, checks] of Object.entries(topics)) {
  describe(topic, { concurrency: 8 }, () => {
    for (const { name, run } of checks) it(name, () => run())
  })
}
