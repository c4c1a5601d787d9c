import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

/** A block of code, and the example that the sentence before it names last. */
const SHOWN = /\]\(\.\.\/\.\.\/(examples\/[^)]+\.m?js)\)[^()]*:\n\n```js\n([\s\S]*?)```/g

const shown = readdirSync('docs/guides').flatMap((name) =>
  [...readFileSync(join('docs/guides', name), 'utf8').matchAll(SHOWN)].map(([, file, code]) => [name, file!, code!]),
)

it.each(shown)('%s shows %s as it is', (_, file, code) => {
  expect(readFileSync(file!, 'utf8')).toContain(code)
})

it('blocks are found', () => {
  expect(shown.map(([, file]) => file)).toEqual([
    'examples/ai-sdk/server.js',
    'examples/mcp/event-store.js',
    'examples/mcp/server.js',
    'examples/vue/use-latest.js',
  ])
})
