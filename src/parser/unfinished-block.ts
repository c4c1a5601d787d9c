import { createPile, detach, type TextPile } from './text-pile.js'

/** What is known between two texts of the block in work. */
export interface UnfinishedBlock {
  /** Whether there is anything of it here. */
  isOpen: boolean
  type: string
  /** The id that takes effect at the blank line. */
  id: string | undefined
  hasData: boolean
  readonly data: TextPile
  /** Code units of all its field values. */
  size: number
}

export function createUnfinishedBlock(): UnfinishedBlock {
  return { isOpen: false, type: '', id: undefined, hasData: false, data: createPile('\n'), size: 0 }
}

/** Keeps what a text of `textLength` brought of a block: `data` is the data of `lines` lines. */
export function saveBlock(
  block: UnfinishedBlock,
  type: string,
  id: string | undefined,
  size: number,
  data: string | undefined,
  lines: number,
  textLength: number,
): void {
  block.isOpen = true
  block.type = type && detach(type, textLength)
  block.id = id && detach(id, textLength)
  block.size = size
  if (data === undefined) return
  block.hasData = true
  // Pieces tied together take much more memory than their text.
  block.data.push(detach(data, lines > 1 ? Infinity : textLength))
}

/** Gives back the data of the whole block, `data` being the end of it, and forgets the block. */
export function endBlock(block: UnfinishedBlock, data?: string): string | undefined {
  if (block.hasData) {
    if (data !== undefined) block.data.push(data)
    data = block.data.take()
  }
  block.isOpen = block.hasData = false
  block.type = ''
  block.id = undefined
  block.size = 0
  return data
}
