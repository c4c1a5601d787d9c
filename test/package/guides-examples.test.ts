import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const GUIDES = fileURLToPath(new URL('../../docs/guides', import.meta.url))

/** A paragraph that ends with a colon and links to a file of an example, and the code below it. */
const SHOWN = /\]\((\.\.\/\.\.\/examples\/[^)]+\.(?:js|svelte))\)[^()\n]*:\n\n```\w+\n([\s\S]*?)\n```/g

const shown = readdirSync(GUIDES).flatMap((guide) =>
  [...readFileSync(join(GUIDES, guide), 'utf8').matchAll(SHOWN)].map(([, file, code]) => ({
    guide,
    file: file!,
    code: code!,
  })),
)

it.each(shown)('the code in $guide is that of $file, which is tried', ({ file, code }) => {
  expect(readFileSync(join(GUIDES, file), 'utf8')).toContain(code.trim())
})

it('there is such code', () => {
  expect(shown.length).toBeGreaterThan(4)
})
