import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { here } from './catalogue.mjs'

/** Installs the npm packages of this folder, where they are missing or old. */
export function installPackages() {
  const installed = join(here, 'node_modules/.package-lock.json')
  const lock = join(here, 'package-lock.json')
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return
  console.error('eventwire: installing the peers from npm')
  execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error', '--ignore-scripts'], {
    cwd: here,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  })
}

/** What of a peer's programs and Debian packages is not on this machine: how to get it, or nothing. */
export function missing({ programs = [], debian = [] }) {
  const absent = programs.filter((program) => !programPath(program))
  const modules = debian.filter(({ test }) => test !== undefined && !succeeds(test))
  if (absent.length === 0 && modules.length === 0) return undefined
  const packages = [...new Set(debian.map(({ name }) => name))]
  return `needs ${[...absent, ...modules.map(({ name }) => name)].join(', ')}: apt-get install ${packages.join(' ')}`
}

/** Where a program is: on the path, or in the folders of system programs that are not on everybody's. */
export function programPath(program) {
  const folders = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/usr/bin']
  return program.startsWith('/')
    ? existsSync(program) && program
    : folders.map((folder) => join(folder, program)).find((path) => existsSync(path))
}

function succeeds([command, ...args]) {
  try {
    execFileSync(command, args, { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** What has to be compiled before a peer runs. */
export function prepare({ prepare: commands = [] }) {
  if (commands.length > 0) mkdirSync(join(here, 'programs/build'), { recursive: true })
  for (const [command, ...args] of commands) execFileSync(command, args, { cwd: here, stdio: ['ignore', 2, 2] })
}

/** The first version number that a command prints. */
export function versionOf([command, ...args]) {
  const { stdout, stderr } = spawnSync(programPath(command) || command, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  return /\d+\.\d+(\.\d+)*/.exec(stdout + stderr)?.[0]
}
