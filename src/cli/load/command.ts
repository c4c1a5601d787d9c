import type { Command } from 'commander'
export function addLoad(program: Command): Command {
  return program.command('load').argument('<url>')
}
