/** What several peers have in common. */
export const ASCII_IDS = 'ids in ASCII: it cannot send others back'
export const POSITIONS = {
  exchanges: ['cut', 'gap'],
  set: "a channel with `positionEvent: 'position'`, and events of that type ignored: it takes a block without data for a message",
  channel: { positionEvent: 'position' },
}
