// A project as `nest new` writes it, with its defaults: the package is taken in by plain imports, built by `npm run build`,
// tested by `npm test` (ts-jest), and the server that was built is started and read.
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { freePort } from '../../scripts/lib/free-port.mjs'

/** What it needs is in a folder of its own. */
export const nestFolder = join(dirname(fileURLToPath(import.meta.url)), 'nest')
const run = promisify(execFile)
const nest = join(nestFolder, 'node_modules/@nestjs/cli/bin/nest.js')
const npm = (...args) => [process.platform === 'win32' ? 'npm.cmd' : 'npm', args]
/** Milliseconds until the server that was built must listen. */
const BOUND = 60_000

/** What Nest wrote until version 10: CommonJS, for which TypeScript's way of resolving is `node10`. */
const OLDER = { module: 'commonjs', moduleResolution: 'node10', target: 'ES2021', resolvePackageJsonExports: undefined }

async function makeApp(project) {
  await run(process.execPath, [nest, 'new', 'nest-app', '--skip-install', '--skip-git', '-p', 'npm'], { cwd: project })
  const folder = join(project, 'nest-app')
  cpSync(join(nestFolder, 'src'), join(folder, 'src'), { recursive: true })
  symlinkSync(join(nestFolder, 'node_modules'), join(folder, 'node_modules'), 'junction')
  return folder
}

async function reads(folder, project) {
  const port = await freePort()
  const server = spawn(process.execPath, ['dist/main.js'], {
    cwd: folder,
    stdio: 'ignore',
    env: { ...process.env, PORT: String(port) },
  })
  const over = once(server, 'close')
  try {
    const { parse } = await import(
      pathToFileURL(createRequire(join(project, 'package.json')).resolve('eventwire/parser'))
    )
    const until = Date.now() + BOUND
    for (;;) {
      const response = await fetch(`http://127.0.0.1:${port}/events`).catch(() => {})
      if (response)
        return parse(await response.text())
          .map(({ data }) => data)
          .join()
      if (Date.now() > until || server.exitCode !== null) throw new Error('dist/main.js does not listen.')
      await sleep(100)
    }
  } finally {
    server.kill()
    await over
  }
}

/** @param project the folder of a project that has the package */
export async function nestProject(project) {
  try {
    const folder = await makeApp(project)
    const config = join(folder, 'tsconfig.json')
    const written = JSON.parse(readFileSync(config, 'utf8'))
    for (const compilerOptions of [written.compilerOptions, { ...written.compilerOptions, ...OLDER }]) {
      writeFileSync(config, JSON.stringify({ ...written, compilerOptions }))
      await run(...npm('run', 'build'), { cwd: folder })
      await run(...npm('test'), { cwd: folder, env: { ...process.env, CI: 'true' } })
      const seen = await reads(folder, project)
      if (seen !== 'tick 1,tick 2,tick 3') throw new Error(`The server that was built sends ${seen}.`)
    }
    return { passed: true, output: '' }
  } catch (error) {
    return { passed: false, output: `${error.stdout ?? ''}${error.stderr ?? ''}${error.stack}` }
  }
}
