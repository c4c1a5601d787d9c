#!/usr/bin/env node
import { CommanderError } from 'commander'
import { CommandError, EXIT, messageOf } from './command-error.js'
import { createProgram } from './program.js'

// A reader such as `head` may leave before we are done: nobody is there to be told.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(EXIT.ok)
    throw error
  })
}

try {
  const program = createProgram()
  await program.parseAsync()
} catch (error) {
  process.exitCode = exitCodeOf(error)
}

function exitCodeOf(error: unknown): number {
  // The parser of arguments has said what is wrong by itself.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage
  process.stderr.write(`eventwire: ${messageOf(error)}\n`)
  return error instanceof CommandError ? error.exitCode : EXIT.failed
}
