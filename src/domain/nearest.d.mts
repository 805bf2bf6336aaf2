export function didYouMean(name: string, known: readonly string[]): string;
