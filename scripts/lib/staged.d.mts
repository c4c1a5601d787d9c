export function publishedFiles(): string[]
export function publishedLinks(
  text: string,
  file: string,
  files: string[],
  pages: { base: string; version: string },
): string
