// For Jest with CommonJS: the same, and the package by `require`.
const { topics } = require('../cases.cjs')

for (const [topic, checks] of Object.entries(topics)) {
  describe(topic, () => {
    for (const { name, run } of checks) it.concurrent(name, async () => run())
  })
}

it('is CommonJS', () => {
  expect(require.resolve('eventwire/parser')).toMatch(/dist.cjs.parser/)
  expect(require('eventwire/testing').parserSuite).toBeInstanceOf(Function)
})
