export function currentBuild(): Promise<string>;
export function build(folder: string, place?: string): Promise<{ readonly inputs: Readonly<Record<string, unknown>> }>;
