/** What Playwright is told to start the browsers of the system, by their names. */
export const LAUNCH: {
  chromium: { executablePath: string; args: string[] }
  firefox: { channel: string; executablePath: string }
}
