export function embeddedFixtures(): string
