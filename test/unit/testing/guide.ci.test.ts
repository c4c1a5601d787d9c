import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, it } from 'vitest'
import { findSnippets } from '../../support/snippets/snippets.js'

// The blocks of docs/testing.md that are tests themselves run as such. The others run with all snippets.
const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'eventwire-guide-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it('the tests in the guide pass', async () => {
  const blocks = findSnippets().filter(
    ({ name, code }) => /^docs.testing\.md/.test(name) && code.includes("from 'vitest'"),
  )
  expect(blocks.length).toBeGreaterThanOrEqual(4)

  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'junction')
  const home = join(folder, 'home')
  mkdirSync(join(home, 'node_modules'), { recursive: true })
  symlinkSync(ROOT, join(home, 'node_modules/eventwire'), 'junction')
  writeFileSync(join(home, 'package.json'), JSON.stringify({ type: 'module' }))
  for (const { name, code } of blocks) writeFileSync(join(home, `${name.replaceAll(/\W/g, '-')}.test.ts`), code)

  const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs')
  const { failed, output } = await new Promise<{ failed: boolean; output: string }>((resolve) => {
    execFile(
      process.execPath,
      [vitest, 'run', '--root', home, '--reporter=dot', '--no-color'],
      { cwd: home, env: { ...process.env, NO_COLOR: '1' } },
      (error, stdout, stderr) => resolve({ failed: error !== null, output: stdout + stderr }),
    )
  })
  expect(failed, output).toBe(false)
  expect(output).toMatch(new RegExp(`Test Files +${blocks.length} passed`))
}, 60_000)
