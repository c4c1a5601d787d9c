import { createParser } from 'eventwire/parser'

export default createParser
