import type { Command } from 'commander'
export function addInspect(program: Command): Command {
  return program.command('inspect').argument('[url]')
}
