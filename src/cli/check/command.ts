import type { Command } from 'commander'
export function addCheck(program: Command): Command {
  return program.command('check').argument('<url>')
}
