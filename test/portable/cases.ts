import type { Check } from './check.js'
import { portableChecks } from './checks.js'
import { collected } from './rules.js'

const { STAGE_URL } = process.env

/** For test runners, which take each check as a case of their own. */
export const topics: Record<string, Check[]> = {
  ...portableChecks(new URL(STAGE_URL!).origin),
  EventSource: collected.besideOthers,
}
