import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import { addCheck } from './check/command.js'
import { addInspect } from './inspect/command.js'
import { addLoad } from './load/command.js'
import { addServe } from './serve/command.js'
import { addTail } from './tail/command.js'

const EXIT_CODES = `
Exit codes:
  0    done, or ended by you
  1    it ran, and the answer is no: the stream failed, the check found errors
  2    the command line makes no sense, or a file cannot be used
  130  ended by Ctrl-C before there was an answer

Documentation: docs/cli.md`

/** The whole command line. A program parses once. */
export function createProgram(): Command {
  const program = new Command('eventwire')
    .description('Tools for Server-Sent Events (text/event-stream).')
    .version(versionOfPackage(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show this help')
    .helpCommand('help [command]', 'show the help of a command')
    .addHelpText('after', EXIT_CODES)
    .configureOutput({ outputError: (text, write) => write(`eventwire: ${oneLine(text)}\n`) })
    .exitOverride()
  for (const add of [addTail, addServe, addCheck, addLoad, addInspect]) add(program)
  return program
}

const oneLine = (text: string): string =>
  text
    .replace(/^error: /, '')
    .trim()
    .replaceAll(/\s*\n\s*/g, ' ')

function versionOfPackage(): string {
  const manifest = new URL('../../package.json', import.meta.url)
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version
}
