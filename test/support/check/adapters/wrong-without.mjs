export { createParser as default } from 'eventwire/parser'
export const without = ['nothing of that name']
