export function sourceFiles(): string[];
export function sourcesKey(): string;
