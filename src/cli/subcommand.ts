import type { Command } from 'commander'

/** What a command says about itself. */
export interface Subcommand {
  readonly name: string
  /** For the list of all commands. */
  readonly summary: string
  /** For its own help. */
  readonly description: string
  /** Printed below the options: examples first, then what the exit codes mean. */
  readonly help: string
}

/** Adds a command. Its options and its action are up to the caller. */
export function addSubcommand(program: Command, { name, summary, description, help }: Subcommand): Command {
  return program.command(name).summary(summary).description(description).addHelpText('after', help)
}
